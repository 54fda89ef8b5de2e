package dev.warren.operator.plan.consumers;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.PodStates;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The queues of a topology's consumers, and the Pods that should consume them. */
public final class ConsumedQueues {

  private final List<ConsumerSpec> consumers;
  private final Map<String, List<Instant>> readySince;

  public ConsumedQueues(List<ConsumerSpec> consumers, List<Pod> pods) {
    this.consumers = consumers;
    this.readySince =
        consumers.stream()
            .map(ConsumerSpec::queue)
            .distinct()
            .collect(Collectors.toMap(queue -> queue, queue -> readySince(queue, pods)));
  }

  /** The names of the queues. */
  public Set<String> names() {
    return readySince.keySet();
  }

  /** Since when each ready Pod that should consume the queue has been ready. */
  public List<Instant> readySince(String queue) {
    return readySince.getOrDefault(queue, List.of());
  }

  /**
   * The queues whose number of consumers matters now: ready Pods should consume them, and messages
   * may wait or the operator has recreated the queue. While clients are kept out, or a move
   * consumes the queue too, the number means nothing.
   */
  public Set<String> toCount(Reachable broker, ResourceNames names, ObservedObjects objects) {
    return broker.closed()
        ? Set.of()
        : consumers.stream()
            .filter(consumer -> isServed(consumer.queue(), broker))
            .filter(
                consumer ->
                    messagesMayWait(consumer.queue(), broker)
                        || objects
                            .find(Deployment.class, names.consumer(consumer.name()))
                            .filter(RestartPlanner::isOpen)
                            .isPresent())
            .map(ConsumerSpec::queue)
            .collect(Collectors.toSet());
  }

  private boolean isServed(String queue, Reachable broker) {
    return !readySince(queue).isEmpty()
        && state(queue, broker).flatMap(QueueState::leader).isPresent()
        && !broker.movesFrom(queue);
  }

  private static boolean messagesMayWait(String queue, Reachable broker) {
    return state(queue, broker)
        .filter(known -> known.messages().map(messages -> messages.ready() > 0).orElse(true))
        .isPresent();
  }

  private static Optional<QueueState> state(String queue, Reachable broker) {
    return Optional.ofNullable(broker.queues().get(queue));
  }

  private List<Instant> readySince(String queue, List<Pod> pods) {
    Set<String> names =
        consumers.stream()
            .filter(consumer -> consumer.queue().equals(queue))
            .map(ConsumerSpec::name)
            .collect(Collectors.toSet());
    return pods.stream()
        .filter(pod -> names.contains(pod.getMetadata().getLabels().get(Labels.CONSUMER)))
        .filter(pod -> !PodStates.isTerminating(pod))
        .filter(pod -> isConfiguredFor(queue, pod))
        .flatMap(pod -> PodStates.ready(pod).stream())
        .map(ready -> Instant.parse(ready.getLastTransitionTime()))
        .toList();
  }

  /** During an update, some Pods still consume the consumer's last queue. */
  private static boolean isConfiguredFor(String queue, Pod pod) {
    return pod.getSpec() != null && ConsumerDeployment.queues(pod.getSpec()).contains(queue);
  }
}
