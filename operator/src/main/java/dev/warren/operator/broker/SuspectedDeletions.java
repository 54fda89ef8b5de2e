package dev.warren.operator.broker;

import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Queues whose deletion may have stopped half-way: they have lost their members while all nodes
 * run. Only the nodes know whether the members were deleted or start late.
 */
final class SuspectedDeletions {

  private SuspectedDeletions() {}

  /** The quorum queues to check. */
  static Set<String> of(Reachable broker) {
    if (!broker.allRun()) {
      return Set.of();
    }
    return broker.queues().values().stream()
        .filter(queue -> isQuorumQueue(queue, broker))
        .filter(queue -> !hasMajority(queue))
        .map(QueueState::name)
        .collect(Collectors.toSet());
  }

  private static boolean isQuorumQueue(QueueState queue, Reachable broker) {
    return broker.definitions().queues().containsKey(queue.name())
        && broker.definitions().queues().get(queue.name()).type().equals("quorum");
  }

  private static boolean hasMajority(QueueState queue) {
    return queue.leader().isPresent() && queue.online().size() * 2 > queue.members().size();
  }
}
