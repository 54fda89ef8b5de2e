package dev.warren.operator.broker;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.DisconnectClients;
import dev.warren.operator.action.BrokerAction.EndMove;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.KeepClientsOut;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.QueueDeletion;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.QueueContents.Absent;
import dev.warren.operator.broker.QueueContents.Counted;
import dev.warren.operator.broker.QueueContents.HalfDeleted;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Recreates a queue while no client can publish. If anything interrupts it, clients are allowed to
 * connect again, here or by the next pass.
 */
final class QueueRecreation {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  /** A move that moves nothing for this long has stopped. */
  private static final Duration STANDSTILL = Duration.ofSeconds(8);

  private final Consumer<BrokerAction> broker;
  private final Function<String, QueueContents> contents;
  private final Clock clock;
  private final Consumer<Duration> pause;

  /**
   * @param contents reads what is in a queue now, not some seconds ago
   * @param pause waits
   */
  QueueRecreation(
      Consumer<BrokerAction> broker,
      Function<String, QueueContents> contents,
      Clock clock,
      Consumer<Duration> pause) {
    this.broker = broker;
    this.contents = contents;
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * How far a queue has become empty.
   *
   * @param deletion how to delete it now; empty if it may not be deleted
   * @param left how many messages it has
   * @param standsStill whether the number has not dropped for long
   */
  private record Emptied(Optional<QueueDeletion> deletion, long left, boolean standsStill) {}

  /**
   * Carries it out.
   *
   * @throws BrokerException when the queue was not recreated
   */
  void carryOut(RecreateQueue recreate) {
    // If the queue cannot be read, clients would be locked out in vain.
    contents.apply(recreate.queue().name());
    Emptied emptied;
    try {
      broker.accept(new KeepClientsOut());
      broker.accept(new DisconnectClients());
      emptied = awaitEmpty(recreate);
      emptied.deletion().ifPresent(deletion -> replace(recreate, deletion));
    } finally {
      broker.accept(new LetClientsIn());
    }
    if (emptied.deletion().isEmpty()) {
      giveUp(recreate, emptied);
    }
  }

  private void replace(RecreateQueue recreate, QueueDeletion deletion) {
    broker.accept(new EndMove(recreate.emptying().name()));
    broker.accept(deletion);
    recreate.policy().map(PutPolicy::new).ifPresent(broker);
    broker.accept(new DeclareQueue(recreate.queue()));
    for (Binding binding : recreate.bindings()) {
      broker.accept(new Bind(binding));
    }
  }

  /** Messages that the move has taken and not yet confirmed count too, so none comes back later. */
  private Emptied awaitEmpty(RecreateQueue recreate) {
    String queue = recreate.queue().name();
    Instant end = clock.instant().plus(recreate.deadline());
    Instant movedAt = clock.instant();
    long left = Long.MAX_VALUE;
    while (true) {
      QueueContents now = contents.apply(queue);
      Optional<QueueDeletion> deletion = deletion(queue, now);
      if (deletion.isPresent()) {
        return new Emptied(deletion, 0, false);
      }
      if (now instanceof Counted counted && counted.all() < left) {
        left = counted.all();
        movedAt = clock.instant();
      }
      boolean standsStill = movedAt.plus(STANDSTILL).isBefore(clock.instant());
      if (standsStill || clock.instant().isAfter(end)) {
        return new Emptied(Optional.empty(), left, standsStill);
      }
      pause.accept(BETWEEN_LOOKS);
    }
  }

  private static Optional<QueueDeletion> deletion(String queue, QueueContents contents) {
    return switch (contents) {
      case HalfDeleted begun -> Optional.of(new FinishDeletions(Set.of(queue)));
      case Absent absent -> Optional.of(new RemoveQueue(queue, false));
      case Counted counted when counted.all() == 0 -> Optional.of(new RemoveQueue(queue, false));
      case Counted counted -> Optional.empty();
    };
  }

  /** A move connects as clients do, so it can only start while clients are allowed to connect. */
  private void giveUp(RecreateQueue recreate, Emptied emptied) {
    if (emptied.standsStill()) {
      broker.accept(new EndMove(recreate.emptying().name()));
      broker.accept(recreate.emptying());
      throw new BrokerException(
          Kind.REFUSED,
          "none of its last %d messages moved within %d s; the move was restarted"
              .formatted(emptied.left(), STANDSTILL.toSeconds()));
    }
    throw new BrokerException(
        Kind.REFUSED,
        "it did not become empty within %d s and still has %d messages"
            .formatted(recreate.deadline().toSeconds(), emptied.left()));
  }
}
