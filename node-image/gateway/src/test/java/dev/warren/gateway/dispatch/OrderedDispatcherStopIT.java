package dev.warren.gateway.dispatch;

import static dev.warren.gateway.dispatch.TestReceiver.after;
import static dev.warren.gateway.dispatch.TestReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Delivery;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The end of a dispatcher that delivers in order, from a queue with a single active consumer. */
@QuarkusTest
@TestProfile(OrderedDispatcherStopIT.ToBeStopped.class)
class OrderedDispatcherStopIT {

  /** An application of its own, for afterwards it consumes no more. */
  public static class ToBeStopped implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> config = new OrderedDispatcherIT.OneAtATime().getConfigOverrides();
      TestBroker.recreateWithSingleActiveConsumer();
      config.put("rabbitmq.prefetch", "1");
      return config;
    }
  }

  @Inject DispatcherRole role;

  @ConfigProperty(name = "receiver.port")
  int port;

  @Test
  void theNextConsumerStartsWhenTheLastMessageIsSettledAndMissesNone() throws Exception {
    AtomicBoolean answered = new AtomicBoolean();
    AtomicBoolean early = new AtomicBoolean();
    List<String> next = new CopyOnWriteArrayList<>();
    try (TestBroker broker = TestBroker.connect();
        TestReceiver receiver = new TestReceiver(port)) {
      receiver.answer(
          "m-0",
          after(
              500,
              exchange -> {
                answered.set(true);
                status(200).answer(exchange);
              }));
      for (int n = 0; n < 5; n++) {
        broker.publish("m-" + n, "x");
      }
      await().until(() -> receiver.received("m-0").size() == 1);
      broker.channel.basicConsume(
          TestBroker.QUEUE,
          true,
          (tag, message) -> {
            early.compareAndSet(false, !answered.get());
            next.add(id(message));
          },
          tag -> {});

      role.stop(new ShutdownEvent());

      await().until(() -> TestBroker.messages(TestBroker.QUEUE) == 0 && next.contains("m-4"));
      List<String> here = receiver.received().stream().map(TestReceiver.Received::id).toList();
      assertThat(early).isFalse();
      assertThat(here).containsExactly("m-0");
      assertThat(next).containsExactly("m-1", "m-2", "m-3", "m-4");
    }
  }

  private static String id(Delivery message) {
    return message.getProperties().getMessageId();
  }
}
