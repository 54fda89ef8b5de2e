package dev.warren.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.model.Labels;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredecessorsTest {

  private static final String CONSUMER = "name: notify\nqueue: steps\nhttp: {ordered: %s}";

  @ParameterizedTest(name = "a Pod of {0} for {1}, {2}, phase {3}")
  @CsvSource({
    // A consumer that the spec does not have any more.
    "renamed, steps, stays, Running, true",
    "renamed, steps, stays, Pending, true",
    "renamed, steps, ends, Running, true",
    "renamed, steps, ends, Succeeded, false",
    "renamed, steps, ends, Failed, false",
    "renamed, other, stays, Running, false",
    // A consumer with the same name: what was deleted before it is created again.
    "notify, steps, ends, Running, true",
    "notify, steps, stays, Running, false",
  })
  void anOrderedDeliveryWaitsForThePodsBeforeIt(
      String of, String queue, String fate, String phase, boolean waits) {
    List<Pod> pods = List.of(pod(of, queue, fate.equals("ends"), phase));

    assertThat(exist("true", pods)).isEqualTo(waits);
    assertThat(exist("false", pods)).as("without an order").isFalse();
  }

  private static boolean exist(String ordered, List<Pod> pods) {
    ConsumerSpec consumer =
        Serialization.unmarshal(CONSUMER.formatted(ordered), ConsumerSpec.class);
    return Predecessors.exist(consumer, List.of(consumer), pods);
  }

  private static Pod pod(String consumer, String queue, boolean ends, String phase) {
    return new PodBuilder()
        .withNewMetadata()
        .addToLabels(Labels.CONSUMER, consumer)
        .withDeletionTimestamp(ends ? "2026-01-01T12:00:00Z" : null)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .addNewEnv()
        .withName("RABBITMQ_QUEUE")
        .withValue(queue)
        .endEnv()
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPhase(phase)
        .endStatus()
        .build();
  }
}
