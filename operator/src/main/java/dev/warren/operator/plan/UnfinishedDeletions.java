package dev.warren.operator.plan;

import dev.warren.operator.plan.BrokerAction.FinishDeletions;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Plans to finish deletions of queues that ended half-way. Such a queue has lost its members while
 * all nodes run; whether they were deleted, or only start late, the nodes know.
 */
final class UnfinishedDeletions {

  private UnfinishedDeletions() {}

  static List<BrokerAction> plan(Reachable broker) {
    if (!broker.allRun()) {
      return List.of();
    }
    Set<String> queues =
        broker.queues().values().stream()
            .filter(queue -> isQuorumQueue(queue, broker))
            .filter(queue -> !hasMajority(queue))
            .map(QueueState::name)
            .collect(Collectors.toSet());
    return queues.isEmpty() ? List.of() : List.of(new FinishDeletions(queues));
  }

  private static boolean isQuorumQueue(QueueState queue, Reachable broker) {
    return broker.definitions().queues().containsKey(queue.name())
        && broker.definitions().queues().get(queue.name()).type().equals("quorum");
  }

  private static boolean hasMajority(QueueState queue) {
    return queue.leader().isPresent() && queue.online().size() * 2 > queue.members().size();
  }
}
