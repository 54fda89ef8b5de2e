package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The end of a dispatcher without a broker. */
class DispatcherTest {
  private final List<String> said = new ArrayList<>();

  /** A cancelled consumer of a queue with a single active consumer is followed by the next one. */
  @ParameterizedTest(name = "ordered: {0}")
  @CsvSource({"false, cancel", "true, leave"})
  void anOrderedDispatcherEndsItsConnectionInsteadOfItsConsumer(boolean ordered, String expected) {
    DeliveryMetrics metrics = new DeliveryMetrics(new SimpleMeterRegistry(), "notify");
    Dispatcher dispatcher =
        new Dispatcher(
            new Channel(),
            new MessageDelivery(null, null, null, null, null, null, metrics, null, null),
            metrics,
            1,
            ordered,
            () -> said.add("ended"));
    dispatcher.onSubscribe(new Consumption());

    dispatcher.stop(Duration.ofSeconds(1));
    dispatcher.onComplete();

    assertThat(said).containsExactly("request 1", expected);
  }

  private final class Channel extends ConsumerChannel {
    Channel() {
      super(null);
    }

    @Override
    void leave() {
      said.add("leave");
    }
  }

  private final class Consumption implements Subscription {
    @Override
    public void request(long messages) {
      said.add("request " + messages);
    }

    @Override
    public void cancel() {
      said.add("cancel");
    }
  }
}
