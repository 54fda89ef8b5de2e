package dev.warren.operator.observation;

import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Everything that one pass is based on, read at its beginning.
 *
 * @param objects everything in Kubernetes that belongs to the topology, without Pods
 * @param nodes the queue nodes by number: those with a volume of this topology, or a Pod
 * @param highestNumber the highest number of anything in Kubernetes, including volumes of an
 *     earlier topology of this name; -1 when there is none
 * @param consumerPods the Pods of the consumers
 * @param machines the machine of each node whose Pod is not ready, if it is known
 * @param places all machines of the cluster, if a node might move
 * @param lastSeenRunning when the running nodes last reported each node as running
 * @param resolvable out-of-service nodes whose names the running nodes can still resolve
 * @param warnings the last warning of Kubernetes about each waiting object, by "Kind/name"
 * @param scaling the load of the consumers that scale with it
 * @param queueConsumers how queues are consumed, by name; without those whose number of consumers
 *     is unknown, or does not matter now
 * @param deliveries how the deliveries of consumers with {@code http} go, by the consumer's name;
 *     without those that are unknown
 * @param work the operator's own work at the broker
 * @param refusedDeclarations the property or argument for which RabbitMQ lately refused a client's
 *     declaration of a queue, by the queue's name
 * @param certificates what is known of certificates beside the topology's own Secrets
 * @param at when this was read
 */
public record Observation(
    ObservedObjects objects,
    SortedMap<Integer, QueueNode> nodes,
    int highestNumber,
    List<Pod> consumerPods,
    BrokerObservation broker,
    Map<Integer, KubernetesNode> machines,
    Places places,
    Map<Integer, Instant> lastSeenRunning,
    Set<Integer> resolvable,
    Map<String, String> warnings,
    ScalingObservation scaling,
    Map<String, QueueConsumers> queueConsumers,
    Map<String, ConsumerDelivery> deliveries,
    BrokerWork work,
    Map<String, String> refusedDeclarations,
    CertificateObservation certificates,
    Instant at) {

  /** The broker's answer, if there is one. */
  public Optional<Reachable> reachable() {
    return broker instanceof Reachable answer ? Optional.of(answer) : Optional.empty();
  }

  /** The volumes of the queue nodes. */
  public List<PersistentVolumeClaim> volumes() {
    return nodes.values().stream().flatMap(node -> node.volume().stream()).toList();
  }

  /**
   * Whether more than half of the broker's nodes run, according to them, so that they can decide.
   */
  public boolean hasMajority() {
    return reachable().map(answer -> 2 * running(answer) > answer.nodes().size()).orElse(false);
  }

  /** When this was read, as Kubernetes writes times: in whole seconds. */
  public String timestamp() {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** The age of an object when this was read. */
  public Duration age(HasMetadata object) {
    return Duration.between(Instant.parse(object.getMetadata().getCreationTimestamp()), at);
  }

  private static long running(Reachable answer) {
    return answer.nodes().values().stream().filter(Node::running).count();
  }
}
