package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.nodes.RemovalFinding.Candidate;
import dev.warren.operator.plan.topology.QueueHealth;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides which node is removed when there is one too many: the newest that holds no queue alone. A
 * node that does not run is removed first.
 */
final class SurplusDetector {

  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Observation observed;
  private final Membership membership;

  SurplusDetector(
      ResourceNames names, MessageTopologySpec spec, Observation observed, Membership membership) {
    this.names = names;
    this.spec = spec;
    this.observed = observed;
    this.membership = membership;
  }

  RemovalFinding find(Reachable broker) {
    List<QueueNode> members = new Members(names, observed, membership).present();
    if (members.size() <= spec.nodes().replicas() || !membership.formed()) {
      return RemovalFinding.NONE;
    }
    return obstacle(members, broker)
        .map(RemovalFinding::held)
        .orElseGet(() -> choose(members, broker));
  }

  private RemovalFinding choose(List<QueueNode> members, Reachable broker) {
    return members.stream()
        .filter(node -> heldAlone(node, broker).isEmpty())
        .max(
            Comparator.comparing((QueueNode node) -> !broker.runs(brokerNode(node)))
                .thenComparing(QueueNode::number))
        .map(node -> RemovalFinding.of(surplus(node, members.size())))
        .orElseGet(() -> RemovalFinding.held(everyNodeHoldsAQueueAlone(members, broker)));
  }

  private Candidate surplus(QueueNode node, int members) {
    return new Candidate(
        node.number(),
        Kind.SURPLUS,
        "%d nodes are desired and %d exist".formatted(spec.nodes().replicas(), members));
  }

  private Optional<Problem> obstacle(List<QueueNode> members, Reachable broker) {
    long down = members.stream().filter(node -> !broker.runs(brokerNode(node))).count();
    if (!observed.hasMajority() || down > 1) {
      return Optional.of(
          new Problem(
              Reason.SCALE_DOWN_HELD,
              "No node is removed while %d nodes do not run".formatted(down)));
    }
    if (down == 0 && !QueueHealth.isComplete(spec.queues(), broker, "", broker.nodes().size())) {
      return Optional.of(
          new Problem(
              Reason.SCALE_DOWN_HELD,
              "The next node is removed when every queue has all its members"));
    }
    return Optional.empty();
  }

  private Problem everyNodeHoldsAQueueAlone(List<QueueNode> members, Reachable broker) {
    QueueNode newest = members.getLast();
    return new Problem(
        Reason.SCALE_DOWN_HELD,
        "No node can be removed: each has a queue that no other node has, such as '%2$s' on %1$s"
            .formatted(names.node(newest.number()), heldAlone(newest, broker).orElseThrow()));
  }

  /** A queue that only this node has; a running node can hand over all but classic ones. */
  private Optional<String> heldAlone(QueueNode node, Reachable broker) {
    return broker.runs(brokerNode(node))
        ? OnlyCopies.immovable(brokerNode(node), broker)
        : OnlyCopies.on(brokerNode(node), broker);
  }

  private String brokerNode(QueueNode node) {
    return names.brokerNode(node.number());
  }
}
