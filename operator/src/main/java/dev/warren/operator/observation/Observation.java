package dev.warren.operator.observation;

import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * All that one pass goes by, read at its beginning.
 *
 * @param objects everything in Kubernetes that belongs to the topology, without Pods
 * @param nodes the queue nodes by number: those with a volume of this topology, or a Pod
 * @param highestNumber the highest number that anything in Kubernetes bears, volumes of an earlier
 *     topology of this name included; -1 when there is none
 * @param consumerPods the Pods of the consumers
 * @param machines the machine of each node whose Pod is not ready, as far as it is known
 * @param lastSeenRunning when each node was last said to run by the running ones
 * @param resolvable names of nodes out of service that the running ones can still resolve
 * @param warnings the last warning that Kubernetes gave about an object, by "Kind/name"; read only
 *     for what waits
 * @param scaling the load of the consumers whose numbers of Pods follow it
 * @param work what the operator itself does at the broker meanwhile
 * @param at when this was read
 */
public record Observation(
    ObservedObjects objects,
    SortedMap<Integer, QueueNode> nodes,
    int highestNumber,
    List<Pod> consumerPods,
    BrokerObservation broker,
    Map<Integer, KubernetesNode> machines,
    Map<Integer, Instant> lastSeenRunning,
    Set<Integer> resolvable,
    Map<String, String> warnings,
    ScalingObservation scaling,
    BrokerWork work,
    Instant at) {

  /** The broker's answer, if it gave one. */
  public Optional<Reachable> reachable() {
    return broker instanceof Reachable answer ? Optional.of(answer) : Optional.empty();
  }

  /** Whether the broker's nodes can still decide: more than half of them run, as they say. */
  public boolean hasMajority() {
    return reachable().map(answer -> 2 * running(answer) > answer.nodes().size()).orElse(false);
  }

  /** How long an object had been there when this was read. */
  public Duration age(HasMetadata object) {
    return Duration.between(Instant.parse(object.getMetadata().getCreationTimestamp()), at);
  }

  private static long running(Reachable answer) {
    return answer.nodes().values().stream().filter(Node::running).count();
  }
}
