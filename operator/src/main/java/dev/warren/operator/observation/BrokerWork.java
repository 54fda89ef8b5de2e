package dev.warren.operator.observation;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * What the operator knows of its own work at the broker, from one pass to the next. It is kept in
 * memory: one that has just started knows nothing, and what it does again does no harm.
 *
 * @param underway the action that goes on beside the passes, at most one
 * @param stalledMoves names of moves that have moved nothing for so long that they are to be
 *     started again
 */
public record BrokerWork(Optional<Underway> underway, Set<String> stalledMoves) {

  /** Nothing. */
  public static final BrokerWork NONE = new BrokerWork(Optional.empty(), Set.of());

  /**
   * An action that takes longer than a pass may wait.
   *
   * @param since when it was begun
   * @param lastFailure why it failed the last time, if this is not the first
   */
  public record Underway(BrokerAction action, Instant since, Optional<String> lastFailure) {

    /** What keeps the topology from being ready. The same at each pass until the action ends. */
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
