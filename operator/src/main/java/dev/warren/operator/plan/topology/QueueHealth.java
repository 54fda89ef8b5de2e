package dev.warren.operator.plan.topology;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.List;

/** Whether queues are complete. */
public final class QueueHealth {

  private QueueHealth() {}

  /** Whether the queue has a leader, and every member but one on the given node is online. */
  public static boolean isWhole(QueueState queue, String without) {
    return queue.leader().isPresent()
        && queue.members().stream()
            .filter(node -> !node.equals(without))
            .allMatch(queue.online()::contains);
  }

  /**
   * Whether every durable replicated queue is complete without a node: all its desired members are
   * on the other nodes, and they are online.
   *
   * @param without the node; empty for none
   * @param nodes how many nodes there are without it
   */
  public static boolean isComplete(
      List<QueueSpec> specs, Reachable broker, String without, int nodes) {
    return MemberCount.all(specs, broker).entrySet().stream()
        .allMatch(
            target -> {
              QueueState state = broker.queues().get(target.getKey());
              return state == null
                  || (isWhole(state, without)
                      && membersWithout(state, without) >= Math.min(target.getValue(), nodes));
            });
  }

  private static long membersWithout(QueueState queue, String without) {
    return queue.members().stream().filter(node -> !node.equals(without)).count();
  }
}
