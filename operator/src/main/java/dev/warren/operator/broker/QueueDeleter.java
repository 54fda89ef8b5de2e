package dev.warren.operator.broker;

import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.QueueDeletion;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.QueueContents.Absent;
import dev.warren.operator.broker.QueueContents.Counted;
import dev.warren.operator.broker.QueueContents.HalfDeleted;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The only class that deletes queues and checks whether they are empty. It queries the leader,
 * because the management API's counts are up to 5 s old and may show zero just after a message was
 * confirmed.
 */
final class QueueDeleter {

  private final Consumer<RemoveQueue> delete;
  private final BrokerInternals internals;
  private final BrokerNodes nodes;

  /**
   * @param delete deletes a queue with everything in it
   */
  QueueDeleter(Consumer<RemoveQueue> delete, BrokerInternals internals, BrokerNodes nodes) {
    this.delete = delete;
    this.internals = internals;
    this.nodes = nodes;
  }

  /**
   * Carries a deletion out.
   *
   * @throws BrokerException when the queue may not be deleted or was not deleted
   */
  void carryOut(QueueDeletion deletion) {
    switch (deletion) {
      case RemoveQueue remove -> remove(remove);
      case FinishDeletions finish -> internals.finishDeletions(nodes.any(), finish);
    }
  }

  /**
   * What is in a queue at this moment.
   *
   * @throws BrokerException when it cannot be determined
   */
  QueueContents contents(String queue) {
    return internals.contents(nodes.any(), queue);
  }

  /**
   * Those of the queues whose members are all deleted, although the queue is still known.
   *
   * @throws BrokerException when it cannot be determined
   */
  Set<String> halfDeleted(Set<String> suspects) {
    return internals.halfDeleted(nodes.any(), suspects);
  }

  /**
   * RabbitMQ can delete only classic queues on condition that they are empty, so this checks first.
   */
  private void remove(RemoveQueue remove) {
    if (remove.onlyIfEmpty() && !mayGo(remove.queue())) {
      return;
    }
    delete.accept(remove);
  }

  /**
   * @return false when it no longer exists
   */
  private boolean mayGo(String queue) {
    return switch (contents(queue)) {
      case Absent absent -> false;
      case HalfDeleted begun -> {
        internals.finishDeletions(nodes.any(), new FinishDeletions(Set.of(queue)));
        yield false;
      }
      case Counted counted -> {
        obstacle(counted)
            .ifPresent(
                because -> {
                  throw new BrokerException(
                      Kind.IN_USE, because + ", and its onDelete is DeleteIfEmpty");
                });
        yield true;
      }
    };
  }

  private static Optional<String> obstacle(Counted counted) {
    if (counted.ready() > 0) {
      return Optional.of("It has messages");
    }
    if (counted.all() > 0) {
      return Optional.of("It has unacknowledged messages");
    }
    return counted.consumers() > 0 ? Optional.of("It has consumers") : Optional.empty();
  }
}
