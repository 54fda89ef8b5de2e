package dev.warren.gateway.dispatch;

import static dev.warren.gateway.dispatch.TestReceiver.after;
import static dev.warren.gateway.dispatch.TestReceiver.header;
import static dev.warren.gateway.dispatch.TestReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The end of a dispatcher, with a real RabbitMQ. */
@QuarkusTest
@TestProfile(DispatcherStopIT.ToBeStopped.class)
class DispatcherStopIT {

  /** An application of its own, for afterwards it consumes no more. */
  public static class ToBeStopped extends DispatcherIT.FourAtATime {}

  @Inject DispatcherRole role;

  @ConfigProperty(name = "receiver.port")
  int port;

  @Test
  void finishesDeliveriesAndLeavesTheRest() throws Exception {
    try (TestBroker broker = TestBroker.connect();
        TestReceiver receiver = new TestReceiver(port)) {
      receiver.answer("waits", header("Retry-After", "2", status(503)));
      broker.publish("waits", "x");
      await().until(() -> receiver.received("waits").size() == 1);
      for (int n = 0; n < 10; n++) {
        receiver.answer("slow-" + n, after(500, status(200)));
        broker.publish("slow-" + n, "x");
      }
      await().until(() -> receiver.received().size() > 1);

      role.stop(new ShutdownEvent());

      // All that had been begun is done with, but for the one that waited for its next attempt.
      int begun = receiver.received().size();
      assertThat(begun).isBetween(2, 9);
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> TestBroker.messages(TestBroker.QUEUE) == 11 - (begun - 1));
      assertThat(receiver.received()).hasSize(begun);
    }
  }
}
