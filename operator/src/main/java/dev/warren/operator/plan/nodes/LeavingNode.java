package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.StorageSpec.VolumeDeletion;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A node that is being removed, as a pass sees it, and what can be done with it in Kubernetes.
 *
 * @param removal updated with whether the node is blank
 * @param brokerNode its name in the cluster of brokers
 * @param node its Pod and its volume; empty when nothing of it is left
 */
record LeavingNode(NodeRemoval removal, String brokerNode, Optional<QueueNode> node) {

  static LeavingNode of(NodeRemoval removal, ResourceNames names, Observation observed) {
    Optional<QueueNode> node = Optional.ofNullable(observed.nodes().get(removal.node()));
    boolean isBlank =
        node.map(QueueNode::isBlank).orElse(false)
            || (removal.blank() && !node.map(QueueNode::hasStarted).orElse(false));
    return new LeavingNode(removal.blank(isBlank), names.brokerNode(removal.node()), node);
  }

  boolean isGivenUp() {
    return removal.kind() == Kind.GIVEN_UP;
  }

  /** The user removed the annotation before the node was stopped. */
  boolean isWithdrawn() {
    return isGivenUp()
        && node.filter(pod -> pod.hasStarted() && !pod.isTerminating() && !pod.isGivenUp())
            .isPresent();
  }

  /**
   * It was stopped for its removal, and has no members of queues. Its Erlang node still answers, so
   * that it can be forgotten even if only two nodes exist.
   */
  boolean isStoppedAndEmpty(Reachable broker) {
    return removal.kind() != Kind.LOST
        && node.filter(pod -> pod.hasStarted() && !pod.isTerminating() && !pod.isInService())
            .isPresent()
        && !hasMembers(broker);
  }

  /** Counts replicated queues only: a classic queue is on no other node. */
  boolean hasMembers(Reachable broker) {
    return broker.queues().values().stream()
        .filter(queue -> isReplicated(queue, broker))
        .anyMatch(queue -> queue.members().contains(brokerNode));
  }

  private static boolean isReplicated(QueueState queue, Reachable broker) {
    return broker.definitions().queues().containsKey(queue.name())
        && !broker.definitions().queues().get(queue.name()).type().equals("classic");
  }

  /** It does not run, has data, and a queue has no majority without it. */
  boolean isNeeded(Reachable broker) {
    return !isGivenUp()
        && !removal.blank()
        && node.filter(pod -> pod.hasVolume() && !pod.isGivenUp()).isPresent()
        && OnlyCopies.needing(brokerNode, broker).isPresent();
  }

  boolean isBlank() {
    return node.map(QueueNode::isBlank).orElse(false);
  }

  boolean hasName() {
    return node.map(QueueNode::hasName).orElse(false);
  }

  boolean isInService() {
    return node.map(QueueNode::isInService).orElse(false);
  }

  /** Marks its Pod, so that its replacement may run on the same machine. */
  Stream<KubernetesAction> markedAsLeaving() {
    return node.filter(pod -> !pod.isLeaving()).stream()
        .flatMap(pod -> marked(Labels.LEAVING, "true"));
  }

  Stream<KubernetesAction> outOfService() {
    return isInService() ? marked(Labels.IN_SERVICE, "false") : Stream.empty();
  }

  Stream<KubernetesAction> withoutName() {
    return hasName() ? marked(Labels.COMPONENT, Component.LOST_NODE.value()) : Stream.empty();
  }

  private Stream<KubernetesAction> marked(String label, String value) {
    return node.flatMap(QueueNode::pod).stream()
        .map(pod -> new Mark(pod, Map.of(label, value), Map.of(), removal.because()));
  }

  Stream<KubernetesAction> withoutPod() {
    return node.filter(pod -> !pod.isTerminating()).flatMap(QueueNode::pod).stream()
        .map(pod -> new Delete(pod, removal.because()));
  }

  /** Removes what a forgotten node has left; empty when nothing is left to do. */
  List<KubernetesAction> withoutLeftovers(VolumeDeletion volumes) {
    return Stream.of(withoutPod(), withoutName(), withoutVolume(volumes))
        .flatMap(actions -> actions)
        .toList();
  }

  private Stream<KubernetesAction> withoutVolume(VolumeDeletion volumes) {
    return node.filter(QueueNode::hasVolume).flatMap(QueueNode::volume).stream()
        .map(
            volume ->
                volumes == VolumeDeletion.Retain
                    ? new Mark(
                        volume,
                        Map.of(Labels.RETIRED, "true"),
                        Map.of(),
                        "its node was removed, and volumes are retained")
                    : new Delete(volume, "its node was removed"));
  }
}
