package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.FreeFeatureFlags;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import java.time.Duration;
import java.util.List;

/**
 * Releases a lock that keeps nodes from starting. A starting node locks the feature flags of its
 * cluster. When several nodes start at once, RabbitMQ may leave the lock with a node that has
 * finished. Then no other node can start.
 */
public final class StuckBootPlanner {

  /**
   * A start takes about ten seconds. After this time, releasing the lock does not harm a slow one.
   */
  private static final Duration USUAL_START = Duration.ofSeconds(30);

  private StuckBootPlanner() {}

  /** One node is enough, because all share the lock. */
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
    KubernetesNode machine = observed.machines().get(node.number());
    return machine != null && machine.isReady();
  }
}
