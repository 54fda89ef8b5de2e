package dev.warren.operator.observation;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * What the operator remembers of its work at the broker between passes. It is kept in memory: an
 * operator that has just started knows nothing, and may safely repeat its work.
 *
 * @param underway the action that continues in the background, at most one
 * @param stalledMoves the names of moves that have moved nothing for so long that they must be
 *     restarted
 */
public record BrokerWork(Optional<Underway> underway, Set<String> stalledMoves) {

  /** Nothing. */
  public static final BrokerWork NONE = new BrokerWork(Optional.empty(), Set.of());

  /**
   * An action that takes longer than a pass may wait.
   *
   * @param since when it began
   * @param lastFailure why the previous attempt failed, if there was one
   */
  public record Underway(BrokerAction action, Instant since, Optional<String> lastFailure) {

    /**
     * Why the topology is not ready. The text stays the same in each pass until the action ends.
     */
    public Problem problem() {
      return new Problem(
          Reason.IN_PROGRESS,
          "%s: in progress since %s%s"
              .formatted(
                  action.describe(),
                  since.truncatedTo(ChronoUnit.SECONDS),
                  lastFailure.map(why -> "; the last attempt failed: " + why).orElse("")));
    }
  }
}
