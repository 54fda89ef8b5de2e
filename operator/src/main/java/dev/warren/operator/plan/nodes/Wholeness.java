package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.Revision;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.topology.MigrationPlanner;
import dev.warren.operator.plan.topology.QueueHealth;
import dev.warren.operator.plan.topology.RenamePlanner;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/** Whether a topology is so well that a node may move, which is never urgent. */
final class Wholeness {

  private final MessageTopologySpec spec;
  private final Observation observed;
  private final List<QueueNode> members;
  private final String revision;

  /**
   * @param members the nodes that are not being removed
   * @param revision the revision that Pods are created from now
   */
  Wholeness(
      MessageTopologySpec spec, Observation observed, List<QueueNode> members, String revision) {
    this.spec = spec;
    this.observed = observed;
    this.members = members;
    this.revision = revision;
  }

  /** What a move has to wait for, as the end of a sentence; empty if everything is whole. */
  Optional<String> missing(Reachable broker) {
    if (!haveAllNodes(broker)) {
      return Optional.of("all nodes are ready");
    }
    if (!members.stream().allMatch(this::isOfNewestSpec)) {
      return Optional.of("the rolling update has ended");
    }
    if (!haveQueuesAllMembers(broker)) {
      return Optional.of("every queue has all its members");
    }
    return isMoving(broker)
        ? Optional.of("the changes of queues that are in progress have ended")
        : Optional.empty();
  }

  private boolean haveAllNodes(Reachable broker) {
    return broker.nodes().size() == spec.nodes().replicas()
        && members.size() == spec.nodes().replicas()
        && broker.allRun()
        && broker.nodes().values().stream().allMatch(node -> node.alarms().isEmpty())
        && members.stream().allMatch(Wholeness::isWell);
  }

  private static boolean isWell(QueueNode node) {
    return node.hasReadyPod() && node.isInService() && node.hasJoined() && !node.isGivenUp();
  }

  private boolean isOfNewestSpec(QueueNode node) {
    return node.pod()
        .map(Pod::getMetadata)
        .map(pod -> pod.getAnnotations().get(Revision.ANNOTATION))
        .filter(revision::equals)
        .isPresent();
  }

  private boolean haveQueuesAllMembers(Reachable broker) {
    return QueueHealth.isComplete(spec.queues(), broker, "", broker.nodes().size())
        && broker.queues().values().stream().allMatch(queue -> QueueHealth.isWhole(queue, ""));
  }

  private boolean isMoving(Reachable broker) {
    return broker.closed()
        || broker.moves().entrySet().stream()
            .anyMatch(move -> !isIdleRename(move.getKey(), move.getValue(), broker))
        || !broker.halfDeleted().isEmpty()
        || observed.work().underway().isPresent()
        || broker.queues().keySet().stream().anyMatch(q -> q.startsWith(MigrationPlanner.SHELTER));
  }

  /** The move from a queue's former name may last for months. */
  private static boolean isIdleRename(String name, Move move, Reachable broker) {
    return RenamePlanner.isRename(name) && broker.seemsEmpty(move.from());
  }
}
