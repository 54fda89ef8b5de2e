package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.observation.Machine;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;

import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.action.BrokerAction.FreeFeatureFlags;
import java.time.Duration;
import java.util.List;

/**
 * Plans what helps a node that does not get on with its start. Nodes that start take turns at the
 * feature flags of their cluster, and when several do at once, RabbitMQ may leave the turn with one
 * that is done: then no node can start any more.
 */
public final class StartPlanner {

  /** A start takes about ten seconds; what is done after this long does no harm to a slow one. */
  private static final Duration USUAL_START = Duration.ofSeconds(30);

  private StartPlanner() {}

  /** One node is enough: its turn is that of all. */
  public static List<BrokerAction> plan(ResourceNames names, Observation observed) {
    return observed.nodes().values().stream()
        .filter(node -> !node.isReady() && !node.isTerminating())
        .filter(node -> isOverdue(node, observed) && canBeAsked(node, observed))
        .<BrokerAction>map(node -> new FreeFeatureFlags(names.brokerNode(node.number())))
        .limit(1)
        .toList();
  }

  private static boolean isOverdue(QueueNode node, Observation observed) {
    return node.startedAt()
        .map(start -> Duration.between(start, observed.at()))
        .filter(age -> age.compareTo(USUAL_START) > 0)
        .isPresent();
  }

  private static boolean canBeAsked(QueueNode node, Observation observed) {
    Machine machine = observed.machines().get(node.number());
    return machine != null && machine.isReady();
  }
}
