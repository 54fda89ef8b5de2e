package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.Revision;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.topology.QueueHealth;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;

/**
 * Plans to rebalance the queues' leaders once after each change of the nodes: a node that is new or
 * was restarted does not get leaders by itself.
 */
final class BalancePlanner {

  private final MessageTopologySpec spec;
  private final Observation observed;
  private final Membership membership;

  BalancePlanner(MessageTopologySpec spec, Observation observed, Membership membership) {
    this.spec = spec;
    this.observed = observed;
    this.membership = membership;
  }

  /** The running nodes among which the leaders must be rebalanced now; empty if they need not. */
  Optional<String> among() {
    return Optional.of(running())
        .filter(among -> membership.removing().isEmpty())
        .filter(among -> !among.equals(membership.balanced()))
        .filter(among -> observed.reachable().filter(this::isWholeButUneven).isPresent());
  }

  /** A fingerprint of the nodes' Pods. */
  private String running() {
    return Revision.of(
        observed.nodes().values().stream()
            .filter(QueueNode::isReady)
            .map(node -> node.pod().orElseThrow().getMetadata().getUid())
            .sorted()
            .toList());
  }

  private boolean isWholeButUneven(Reachable broker) {
    int nodes = broker.nodes().size();
    return nodes == spec.nodes().replicas()
        && broker.allRun()
        && observed.nodes().values().stream().filter(QueueNode::isReady).count() == nodes
        && QueueHealth.isComplete(spec.queues(), broker, "", nodes)
        && isUneven(broker);
  }

  /**
   * Whether the numbers of leaders of two nodes differ by a tenth of all queues, at least by two.
   */
  private static boolean isUneven(Reachable broker) {
    List<String> leaders =
        broker.queues().values().stream()
            .filter(queue -> queue.members().size() > 1)
            .map(QueueState::leader)
            .flatMap(Optional::stream)
            .toList();
    LongSummaryStatistics led =
        broker.nodes().keySet().stream()
            .mapToLong(node -> leaders.stream().filter(node::equals).count())
            .summaryStatistics();
    return led.getMax() - led.getMin() >= Math.max(2, leaders.size() / 10);
  }
}
