package dev.warren.operator.broker;

import dev.warren.operator.model.Move;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Messages;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Remembered;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Watches whether moves of messages make progress. RabbitMQ does not always restart one that has
 * stopped: its node may have been lost, or it could not connect when it tried.
 */
public final class MoveWatch {

  /** A missing move may still be starting. */
  private static final Duration TO_START = Duration.ofSeconds(10);

  /** Counts are up to 5 s old. */
  private static final Duration TO_MOVE_SOMETHING = Duration.ofSeconds(15);

  private final Remembered<Map<String, Progress>> byTopology = new Remembered<>();

  /**
   * The progress of a move.
   *
   * @param messages how many messages the watched queue has; empty if unknown
   * @param at when the move last made progress, or was last found to have stopped
   */
  private record Progress(Optional<Long> messages, Instant at) {}

  /**
   * Updates the progress from the broker's report.
   *
   * @return the names of the moves to restart. Each is named once, and again only if the restart
   *     did not help either
   */
  public Set<String> stalled(String uid, BrokerObservation said, Instant now) {
    if (!(said instanceof Reachable broker)) {
      return Set.of();
    }
    Map<String, Progress> known = byTopology.of(uid).orElse(Map.of());
    Map<String, Progress> seen = new HashMap<>();
    broker
        .moves()
        .forEach(
            (name, move) -> seen.put(name, progress(broker, name, move, known.get(name), now)));
    Set<String> stalled =
        seen.keySet().stream()
            .filter(name -> isOverdue(seen.get(name).at(), broker, name, now))
            .collect(Collectors.toSet());
    stalled.forEach(name -> seen.computeIfPresent(name, (same, last) -> restarted(last, now)));
    if (seen.isEmpty()) {
      byTopology.forget(uid);
    } else {
      byTopology.put(uid, Map.copyOf(seen));
    }
    return stalled;
  }

  private static Progress restarted(Progress last, Instant now) {
    return new Progress(last.messages(), now);
  }

  private static boolean isOverdue(Instant at, Reachable broker, String name, Instant now) {
    Duration patience = broker.runningMoves().contains(name) ? TO_MOVE_SOMETHING : TO_START;
    return !at.plus(patience).isAfter(now);
  }

  private static Progress progress(
      Reachable broker, String name, Move move, Progress last, Instant now) {
    Optional<QueueState> from = Optional.ofNullable(broker.queues().get(move.from()));
    Optional<Long> messages =
        watched(broker, name, move).flatMap(QueueState::messages).map(Messages::all);
    boolean getsOn =
        last == null
            || from.flatMap(QueueState::leader).isEmpty()
            || (broker.runningMoves().contains(name)
                && (nothingIsKnownToWait(from) || !messages.equals(last.messages())));
    return new Progress(messages, getsOn ? now : last.at());
  }

  /**
   * The shelter, which has the name of its move: nobody else adds or removes messages there. Other
   * moves have none, so the queue that they empty.
   */
  private static Optional<QueueState> watched(Reachable broker, String name, Move move) {
    return Optional.ofNullable(
        broker.queues().getOrDefault(name, broker.queues().get(move.from())));
  }

  /** Messages that consumers hold cannot be moved. */
  private static boolean nothingIsKnownToWait(Optional<QueueState> from) {
    return from.flatMap(QueueState::messages).filter(known -> known.ready() > 0).isEmpty();
  }
}
