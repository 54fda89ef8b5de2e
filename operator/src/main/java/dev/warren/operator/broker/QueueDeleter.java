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
 * Deletes queues, and looks whether one is empty: nobody else does either. It is the leader that
 * says so, for the management API's counts are up to 5 s old, and may say zero when a message has
 * just been confirmed.
 */
final class QueueDeleter {

  private final Consumer<RemoveQueue> delete;
  private final BrokerInternals internals;
  private final BrokerNodes nodes;

  /**
   * @param delete deletes a queue, whatever is in it
   */
  QueueDeleter(Consumer<RemoveQueue> delete, BrokerInternals internals, BrokerNodes nodes) {
    this.delete = delete;
    this.internals = internals;
    this.nodes = nodes;
  }

  /**
   * Carries a deletion out.
   *
   * @throws BrokerException when the queue may not be deleted, or is not
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
   * @throws BrokerException when that cannot be found out
   */
  QueueContents contents(String queue) {
    return internals.contents(nodes.any(), queue);
  }

  /**
   * Those of some queues of which every member is deleted, although the queue is still known.
   *
   * @throws BrokerException when that cannot be found out
   */
  Set<String> halfDeleted(Set<String> suspects) {
    return internals.halfDeleted(nodes.any(), suspects);
  }

  /** Only classic queues can be told to go if they are empty; so it is looked at just before. */
  private void remove(RemoveQueue remove) {
    if (remove.onlyIfEmpty() && !mayGo(remove.queue())) {
      return;
    }
    delete.accept(remove);
  }

  /**
   * @return false when it is gone already
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
