package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deliveries in order, of a queue and of one with a single active consumer. */
class OrderCheckTest {

  private static final String TOO_MANY =
      " must not be above 1 with http.ordered, unless the queue has singleActiveConsumer: %d Pods"
          + " do not keep the order of 'q'";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 2                         | replicas              | 2",
        "replicas: 1, scaling: {maxReplicas: 10} | scaling.maxReplicas | 10",
      })
  void morePodsThanOneAreReported(String pods, String field, int number) {
    assertThat(violations("q", pods))
        .containsExactly("spec.consumers[0]." + field + ":" + TOO_MANY.formatted(number));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "q      | replicas: 1",
        "q      | replicas: 0",
        "q      | replicas: 5, scaling: {maxReplicas: 1}",
        "single | replicas: 2",
        "single | replicas: 1, scaling: {maxReplicas: 10}",
      })
  void onePodAtATimeKeepsTheOrder(String queue, String pods) {
    assertThat(violations(queue, pods)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "q      | spec.consumers[0].http.ordered: requires the only consumer of a queue, unless the"
            + " queue has singleActiveConsumer; 'q' has more",
        "single | none",
      })
  void anotherConsumerOfTheQueueIsReported(String queue, String expected) {
    assertThat(violations(queue, "replicas: 1", "{name: d, queue: %s, replicas: 3}"))
        .isEqualTo(Stream.ofNullable(expected).toList());
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aProgramOrADeliveryWithoutOrderMayHaveAnyNumber(boolean http) {
    String consumer =
        "consumers: [{name: c, queue: q, replicas: 7%s}]"
            .formatted(http ? ", http: {url: http://shop}" : "");
    assertThat(OrderCheck.violations(spec(consumer))).isEmpty();
  }

  private static List<String> violations(String queue, String pods, String... others) {
    String all =
        "{name: c, queue: %s, %s, http: {url: http://shop, ordered: true}}".formatted(queue, pods)
            + Stream.of(others)
                .map(other -> ", " + other.formatted(queue))
                .reduce("", String::concat);
    return OrderCheck.violations(spec("consumers: [" + all + "]"))
        .map(Violation::toString)
        .toList();
  }

  private static MessageTopologySpec spec(String consumers) {
    return Serialization.unmarshal(
        "nodes: {}\nqueues: [{name: q}, {name: single, singleActiveConsumer: true}]\n" + consumers,
        MessageTopologySpec.class);
  }
}
