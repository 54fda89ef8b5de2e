package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import dev.warren.gateway.dispatch.Outcome.Delivered;
import dev.warren.gateway.dispatch.Outcome.Permanent;
import dev.warren.gateway.dispatch.TestReceiver.Received;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReceiverTest {
  private static final String LONG = "x".repeat(100_000);
  private static final OutgoingEvent EVENT = event(new BasicProperties());

  private TestReceiver server;
  private Receiver receiver;

  @BeforeEach
  void start() throws IOException {
    int port = TestReceiver.freePort();
    server = new TestReceiver(port);
    receiver =
        new Receiver(
            new HttpDelivery(
                "notify",
                URI.create("http://localhost:" + port),
                Method.POST,
                5_000,
                8,
                false,
                ContentMode.BINARY,
                Redirects.REFUSE,
                new Retry(1, 1, 1),
                null,
                null),
            Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    receiver.close();
    server.close();
  }

  @Test
  void keepsTheResponseUpToALimit() throws InterruptedException {
    server.answer("e", TestReceiver.status(200, LONG), TestReceiver.status(200, LONG));

    Answer excerpt = ((Delivered) receiver.send(EVENT, Answer.EXCERPT)).answer();
    assertThat(excerpt.body()).hasSize(Answer.EXCERPT);
    assertThat(excerpt.tooLong()).isTrue();

    Answer whole = ((Delivered) receiver.send(EVENT, LONG.length())).answer();
    assertThat(whole.body()).asString(UTF_8).isEqualTo(LONG);
    assertThat(whole.tooLong()).isFalse();
  }

  @Test
  void keepsTheEncodingOfAnAnswer() throws InterruptedException {
    server.answer(
        "e", TestReceiver.header("Content-Encoding", "gzip", TestReceiver.status(200, "x")));

    Answer answer = ((Delivered) receiver.send(EVENT, Answer.EXCERPT)).answer();
    assertThat(answer.contentEncoding()).contains("gzip");
  }

  @Test
  void sendsWhatTheMessageSays() throws InterruptedException {
    Map<String, Object> headers = new HashMap<>();
    headers.put("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    headers.put("tenant", "acme corp");
    headers.put("city", "Zürich\r\nX-Evil: 1");
    headers.put("order id", 7);
    headers.put("\r\nX-Evil: 2\r\n", "x");
    headers.put("", "no name");

    receiver.send(
        event(
            new BasicProperties.Builder()
                .headers(headers)
                .correlationId("c-1")
                .userId("app")
                .build()),
        Answer.EXCERPT);

    Received request = server.received("e").getFirst();
    assertThat(request.header("Traceparent"))
        .isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assertThat(request.header("Warren-header-tenant")).isEqualTo("acme corp");
    assertThat(request.header("Warren-header-city")).isEqualTo("Z%C3%BCrich%0D%0AX-Evil: 1");
    assertThat(request.header("Warren-header-order%20id")).isEqualTo("7");
    assertThat(request.header("Warren-header-%0d%0ax-evil%3a%202%0d%0a")).isEqualTo("x");
    assertThat(request.header("Warren-header-")).isEqualTo("no name");
    assertThat(request.header("Warren-correlation-id")).isEqualTo("c-1");
    assertThat(request.header("Warren-user-id")).isEqualTo("app");
    assertThat(request.header("Warren-redelivered")).isEqualTo("false");
    assertThat(request.headers()).doesNotContainKey("X-evil");
  }

  private static OutgoingEvent event(BasicProperties properties) {
    return new OutgoingEvent(
        CloudEventBuilder.v1().withId("e").withSource(URI.create("/s")).withType("t").build(),
        Optional.empty(),
        Optional.empty(),
        MessageHeaders.of(new QueuedMessage("", false, properties, new byte[0]), header -> true));
  }

  @Test
  void reportsTheBeginningOfAResponseThatIsNotKept() throws InterruptedException {
    server.answer("e", TestReceiver.status(400, LONG));

    Permanent refusal = (Permanent) receiver.send(EVENT, Answer.EXCERPT);
    assertThat(refusal.failure().reason()).isEqualTo("HTTP 400: " + "x".repeat(200));
  }
}
