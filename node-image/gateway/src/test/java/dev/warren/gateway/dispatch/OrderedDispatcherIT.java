package dev.warren.gateway.dispatch;

import static dev.warren.gateway.dispatch.TestReceiver.after;
import static dev.warren.gateway.dispatch.TestReceiver.half;
import static dev.warren.gateway.dispatch.TestReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.warren.gateway.dispatch.TestReceiver.Received;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One message at a time, and as long as it takes, with a real RabbitMQ. */
@QuarkusTest
@TestProfile(OrderedDispatcherIT.OneAtATime.class)
class OrderedDispatcherIT {

  /**
   * More attempts than there can be in the ten seconds until the broker's counts are true; dead
   * letters are left to the broker.
   */
  public static class OneAtATime implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> config = TestBroker.reset();
      int port = TestReceiver.freePort();
      config.put("receiver.port", String.valueOf(port));
      config.put("rabbitmq.prefetch", "4");
      config.put(
          "warren.http.delivery",
          """
          {"consumer": "notify", "url": "http://localhost:%d", "method": "PUT", "timeoutMillis": 1000,
           "concurrency": 4, "ordered": true, "contentMode": "Binary", "redirects": "Refuse",
           "retry": {"maxAttempts": 1000, "initialDelayMillis": 10, "maxDelayMillis": 200}}"""
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
    await().atMost(Duration.ofSeconds(30)).until(() -> TestBroker.messages(TestBroker.QUEUE) == 0);
    receiver.close();
    broker.close();
  }

  @Test
  void keepsTheOrderWhenAMessageIsRetried() throws Exception {
    receiver.answer("first-0", status(500), status(503), half(), status(429));

    publish("first", 5);

    deliveredOnce("first", 5, List.of(5, 1, 1, 1, 1));
    assertThat(receiver.mostAtATime()).isOne();
  }

  @Test
  void deliversAllWhenTheReceiverReturns() throws Exception {
    receiver.down();
    publish("down", 50);
    // Some attempts must have failed by then, or the receiver was not away.
    await()
        .pollDelay(Duration.ofSeconds(1))
        .until(() -> TestBroker.messages(TestBroker.QUEUE) == 50);
    receiver.up();

    deliveredOnce("down", 50, IntStream.generate(() -> 1).limit(50).boxed().toList());
    assertThat(broker.take(TestBroker.FAILED)).isNull();
  }

  @Test
  void deliversAllInOrderWhenItsConnectionIsCut() throws Exception {
    for (int n = 0; n < 30; n++) {
      receiver.answer("cut-" + n, after(100, status(200)));
    }
    publish("cut", 30);
    await().until(() -> !receiver.received("cut-2").isEmpty());
    int cut = await().until(TestBroker::cutConsumers, connections -> connections > 0);

    Set<String> distinct =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () -> new LinkedHashSet<>(receiver.received().stream().map(Received::id).toList()),
                ids -> ids.size() == 30);
    assertThat(cut).isOne();
    assertThat(distinct).containsExactlyElementsOf(ids("cut", 30));
  }

  @Test
  void leavesARefusedMessageToTheBroker() throws Exception {
    receiver.answer("refused-0", status(404));

    publish("refused", 1);

    GetResponse letter = await().until(() -> broker.take(TestBroker.FAILED), Objects::nonNull);
    assertThat(letter.getProps().getMessageId()).isEqualTo("refused-0");
    assertThat(String.valueOf(letter.getProps().getHeaders().get("x-first-death-reason")))
        .isEqualTo("rejected");
  }

  private void publish(String name, int count) throws Exception {
    for (String id : ids(name, count)) {
      broker.publish(id, "x");
    }
  }

  private static List<String> ids(String name, int count) {
    return IntStream.range(0, count).mapToObj(n -> name + "-" + n).toList();
  }

  /** Awaits requests for all messages, in order, as often as expected. */
  private void deliveredOnce(String name, int count, List<Integer> times) {
    List<String> expected =
        IntStream.range(0, count)
            .boxed()
            .flatMap(n -> IntStream.range(0, times.get(n)).mapToObj(attempt -> name + "-" + n))
            .toList();
    List<String> requests =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () -> receiver.received().stream().map(Received::id).toList(),
                ids -> ids.size() >= expected.size());
    assertThat(requests).containsExactlyElementsOf(expected);
  }
}
