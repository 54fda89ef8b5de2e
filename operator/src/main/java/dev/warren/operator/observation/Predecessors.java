package dev.warren.operator.observation;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.Labels;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/**
 * The Pods that still consume a queue for a consumer that was removed or renamed. A delivery in
 * order must not start beside them.
 */
public final class Predecessors {

  private Predecessors() {}

  /**
   * Whether there are such Pods of a consumer that has no Deployment yet.
   *
   * @param all the consumers of the spec
   * @param pods all Pods of consumers
   */
  public static boolean exist(ConsumerSpec consumer, List<ConsumerSpec> all, List<Pod> pods) {
    return ConsumerDeployment.isOrdered(consumer)
        && pods.stream()
            .filter(pod -> !PodStates.hasEnded(pod))
            .filter(pod -> ConsumerDeployment.queues(pod.getSpec()).contains(consumer.queue()))
            .anyMatch(pod -> PodStates.isTerminating(pod) || isOfNone(pod, consumer.queue(), all));
  }

  private static boolean isOfNone(Pod pod, String queue, List<ConsumerSpec> all) {
    String name = pod.getMetadata().getLabels().get(Labels.CONSUMER);
    return all.stream().noneMatch(one -> one.name().equals(name) && one.queue().equals(queue));
  }
}
