package dev.warren.operator.plan.topology;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Deletions of queues that stopped half-way. Nobody can use such a queue or declare it again. */
public final class UnfinishedDeletions {

  private UnfinishedDeletions() {}

  /**
   * Finishes those that were found.
   *
   * @param migrating queues that are being recreated; these are deleted only while clients are
   *     locked out
   */
  public static List<BrokerAction> plan(Reachable broker, Set<String> migrating) {
    Set<String> queues = new HashSet<>(broker.halfDeleted());
    queues.removeAll(migrating);
    return queues.isEmpty() ? List.of() : List.of(new FinishDeletions(Set.copyOf(queues)));
  }
}
