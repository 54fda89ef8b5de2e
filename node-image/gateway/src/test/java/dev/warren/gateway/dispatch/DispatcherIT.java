package dev.warren.gateway.dispatch;

import static dev.warren.gateway.dispatch.TestReceiver.after;
import static dev.warren.gateway.dispatch.TestReceiver.half;
import static dev.warren.gateway.dispatch.TestReceiver.header;
import static dev.warren.gateway.dispatch.TestReceiver.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import dev.warren.gateway.dispatch.TestReceiver.Received;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The deliveries of a message, with a real RabbitMQ: {@code make test-node} starts it. */
@QuarkusTest
@TestProfile(DispatcherIT.FourAtATime.class)
class DispatcherIT {

  /** Three attempts, four messages at a time, and a place for dead letters. */
  public static class FourAtATime implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> config = TestBroker.reset();
      int port = TestReceiver.freePort();
      config.put("receiver.port", String.valueOf(port));
      config.put("rabbitmq.prefetch", "4");
      config.put(
          "warren.http.delivery",
          """
          {"consumer": "notify", "url": "http://localhost:%d/notify?a=b", "method": "POST", "timeoutMillis": 1000,
           "concurrency": 4, "ordered": false, "contentMode": "Binary", "redirects": "Refuse",
           "retry": {"maxAttempts": 3, "initialDelayMillis": 20, "maxDelayMillis": 2500},
           "deadLetter": {"exchange": "", "routingKey": "shipments.failed"}}"""
              .formatted(port));
      return config;
    }
  }

  @ConfigProperty(name = "receiver.port")
  int port;

  private TestBroker broker;
  private TestReceiver receiver;

  @BeforeEach
  void connect() throws Exception {
    broker = TestBroker.connect();
    receiver = new TestReceiver(port);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    await().atMost(Duration.ofSeconds(15)).until(() -> TestBroker.messages(TestBroker.QUEUE) == 0);
    assertThat(broker.take(TestBroker.FAILED)).isNull();
    receiver.close();
    broker.close();
  }

  @Test
  void isDeliveredAsAnEvent() throws Exception {
    broker.publish(
        new BasicProperties.Builder()
            .messageId("plain")
            .type("order.paid")
            .contentType("application/json")
            .build(),
        "{ \"id\":  7 }");

    Received request = received("plain", 1).getFirst();

    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.uri()).hasToString("/notify?a=b");
    assertThat(request.body()).isEqualTo("{ \"id\":  7 }");
    assertThat(request.header("Content-type")).isEqualTo("application/json");
    assertThat(request.header("Ce-specversion")).isEqualTo("1.0");
    assertThat(request.header("Ce-type")).isEqualTo("order.paid");
    assertThat(request.header("Ce-source")).isEqualTo("/dispatcher-it/shipments");
  }

  @Test
  void isDeliveredWithItsPropertiesAndHeaders() throws Exception {
    broker.publish(
        new BasicProperties.Builder()
            .messageId("properties")
            .contentType("application/json")
            .contentEncoding("gzip")
            .correlationId("c-1")
            .appId("shop")
            .priority(4)
            .headers(
                Map.of(
                    "traceparent",
                    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                    "tenant",
                    "acme",
                    "table",
                    Map.of("city", "Zürich", "numbers", List.of(1, 2))))
            .build(),
        "compressed");

    Received request = received("properties", 1).getFirst();

    assertThat(request.header("Content-encoding")).isEqualTo("gzip");
    assertThat(request.header("Traceparent"))
        .isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assertThat(request.header("Warren-header-tenant")).isEqualTo("acme");
    assertThat(request.header("Warren-header-table"))
        .isEqualTo("{\"city\":\"Z\\u00FCrich\",\"numbers\":[1,2]}");
    assertThat(request.header("Warren-correlation-id")).isEqualTo("c-1");
    assertThat(request.header("Warren-app-id")).isEqualTo("shop");
    assertThat(request.header("Warren-priority")).isEqualTo("4");
    assertThat(request.header("Warren-redelivered")).isEqualTo("false");
  }

  @Test
  void isRetriedAfterAnError() throws Exception {
    receiver.answer("once-more", status(500));

    broker.publish("once-more", "x");

    assertThat(received("once-more", 2)).extracting(Received::body).containsExactly("x", "x");
  }

  @Test
  void isRetriedWhenTheReceiverSays() throws Exception {
    receiver.answer("later", header("Retry-After", "1", status(429)));

    broker.publish("later", "x");

    List<Received> attempts = received("later", 2);
    assertThat(Duration.ofNanos(attempts.get(1).nanos() - attempts.get(0).nanos()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void isRetriedWhenTheResponseBreaksOff() throws Exception {
    receiver.answer("half", half());

    broker.publish("half", "x");

    received("half", 2);
  }

  @Test
  void isRetriedWhenTheResponseTakesTooLong() throws Exception {
    receiver.answer("slow", after(1_500, status(200)));

    broker.publish("slow", "x");

    received("slow", 2);
  }

  @Test
  void isADeadLetterWhenItIsRefused() throws Exception {
    receiver.answer("refused", status(400, "no such order"));

    broker.publish("refused", "x");

    GetResponse letter = deadLetter();
    assertThat(letter.getBody()).isEqualTo("x".getBytes(UTF_8));
    assertThat(letter.getProps().getMessageId()).isEqualTo("refused");
    assertThat(failure(letter, "reason")).isEqualTo("HTTP 400: no such order");
    assertThat(failure(letter, "status")).isEqualTo("400");
    assertThat(failure(letter, "attempts")).isEqualTo("1");
    assertThat(failure(letter, "queue")).isEqualTo("shipments");
    assertThat(receiver.received("refused")).hasSize(1);
  }

  @Test
  void isADeadLetterWhenNoAttemptIsLeft() throws Exception {
    receiver.answer("broken", status(503), status(503), status(503));

    broker.publish("broken", "x");

    assertThat(failure(deadLetter(), "attempts")).isEqualTo("3");
    assertThat(receiver.received("broken")).hasSize(3);
  }

  @Test
  void isADeadLetterAfterARedirect() throws Exception {
    receiver.answer("moved", header("Location", "/elsewhere", status(302)));

    broker.publish("moved", "x");

    assertThat(failure(deadLetter(), "status")).isEqualTo("302");
    assertThat(receiver.received()).noneMatch(r -> r.uri().getPath().equals("/elsewhere"));
  }

  @Test
  void doesNotBlockOthersWhileItWaits() throws Exception {
    for (int n = 0; n < 3; n++) {
      receiver.answer("waits-" + n, header("Retry-After", "2", status(503)));
      broker.publish("waits-" + n, "x");
    }
    for (int n = 0; n < 20; n++) {
      broker.publish("passes-" + n, "x");
    }

    List<Received> again = received("waits-0", 2);

    for (int n = 0; n < 20; n++) {
      assertThat(receiver.received("passes-" + n)).hasSize(1);
      assertThat(receiver.received("passes-" + n).getFirst().nanos())
          .isLessThan(again.get(1).nanos());
    }
    assertThat(receiver.mostAtATime()).isLessThanOrEqualTo(4);
    received("waits-1", 2);
    received("waits-2", 2);
  }

  @Test
  void sendsTheResponseToTheReplyAddress() throws Exception {
    String replies = broker.channel.queueDeclare().getQueue();
    receiver.answer("asks", status(200, "the answer"));

    broker.publish(
        new BasicProperties.Builder()
            .messageId("asks")
            .replyTo(replies)
            .correlationId("question-1")
            .build(),
        "x");

    GetResponse reply = await().until(() -> broker.take(replies), Objects::nonNull);
    assertThat(reply.getBody()).isEqualTo("the answer".getBytes(UTF_8));
    assertThat(reply.getProps().getCorrelationId()).isEqualTo("question-1");
    assertThat(reply.getProps().getContentType()).isEqualTo("text/plain");
  }

  @Test
  void sendsAnEmptyReplyWhenTheResponseIsTooLong() throws Exception {
    String replies = broker.channel.queueDeclare().getQueue();
    receiver.answer("asks-for-much", status(200, "x".repeat(Receiver.MAX_ANSWER + 1)));
    receiver.answer("asks-for-less", status(200, "x".repeat(Receiver.MAX_ANSWER)));

    for (String id : List.of("asks-for-much", "asks-for-less")) {
      broker.publish(
          new BasicProperties.Builder().messageId(id).correlationId(id).replyTo(replies).build(),
          "x");
      received(id, 1);
      await().until(() -> TestBroker.messages(TestBroker.QUEUE) == 0);
    }

    GetResponse reply = await().until(() -> broker.take(replies), Objects::nonNull);
    assertThat(reply.getProps().getCorrelationId()).isEqualTo("asks-for-less");
    assertThat(broker.take(replies)).isNull();
  }

  private List<Received> received(String id, int times) {
    return await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> receiver.received(id), requests -> requests.size() == times);
  }

  private GetResponse deadLetter() {
    return await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> broker.take(TestBroker.FAILED), Objects::nonNull);
  }

  private static String failure(GetResponse letter, String what) {
    return String.valueOf(letter.getProps().getHeaders().get("x-warren-failure-" + what));
  }
}
