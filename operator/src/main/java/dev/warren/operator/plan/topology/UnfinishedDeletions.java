package dev.warren.operator.plan.topology;

import dev.warren.operator.action.BrokerAction;

import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Deletions of queues that ended half-way. Such a queue has lost its members while all nodes run;
 * whether they were deleted, or only start late, the nodes know.
 */
public final class UnfinishedDeletions {

  private UnfinishedDeletions() {}

  /** The quorum queues of which the nodes are asked. */
  public static Set<String> suspects(Reachable broker) {
    if (!broker.allRun()) {
      return Set.of();
    }
    return broker.queues().values().stream()
        .filter(queue -> isQuorumQueue(queue, broker))
        .filter(queue -> !hasMajority(queue))
        .map(QueueState::name)
        .collect(Collectors.toSet());
  }

  /**
   * Finishes those that were found.
   *
   * @param migrating queues that are recreated, and deleted only while clients are kept out
   */
  public static List<BrokerAction> plan(Reachable broker, Set<String> migrating) {
    Set<String> queues = new HashSet<>(broker.halfDeleted());
    queues.removeAll(migrating);
    return queues.isEmpty() ? List.of() : List.of(new FinishDeletions(Set.copyOf(queues)));
  }

  private static boolean isQuorumQueue(QueueState queue, Reachable broker) {
    return broker.definitions().queues().containsKey(queue.name())
        && broker.definitions().queues().get(queue.name()).type().equals("quorum");
  }

  private static boolean hasMajority(QueueState queue) {
    return queue.leader().isPresent() && queue.online().size() * 2 > queue.members().size();
  }
}
