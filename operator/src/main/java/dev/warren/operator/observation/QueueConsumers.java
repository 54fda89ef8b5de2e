package dev.warren.operator.observation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a queue's consumers compare with the ready Pods that should consume it, and for how long
 * already.
 *
 * @param count the last count
 * @param since since when there have been too few consumers, or since when there have been enough
 * @param waitingSince since when messages have waited without a break; empty if none wait
 */
public record QueueConsumers(Count count, Instant since, Optional<Instant> waitingSince) {

  /**
   * What was counted at one moment.
   *
   * @param consumers the consumers of the queue, in any client
   * @param readySince since when each ready Pod that should consume the queue has been ready
   * @param messagesWait whether the queue has messages that no consumer holds
   */
  public record Count(long consumers, List<Instant> readySince, boolean messagesWait) {

    /** Whether some of the Pods do not consume the queue. */
    boolean isTooLow() {
      return consumers < readySince.size();
    }

    private long readyBefore(Instant time) {
      return readySince.stream().filter(since -> !since.isAfter(time)).count();
    }
  }

  /**
   * The state after another count.
   *
   * @param last the state before; empty if it was unknown
   */
  public static QueueConsumers after(Optional<QueueConsumers> last, Count count, Instant now) {
    return new QueueConsumers(
        count,
        last.filter(before -> before.count.isTooLow() == count.isTooLow())
            .map(QueueConsumers::since)
            .orElse(now),
        count.messagesWait()
            ? last.flatMap(QueueConsumers::waitingSince).or(() -> Optional.of(now))
            : Optional.empty());
  }

  /**
   * Whether there have been too few consumers for this long, and not only because Pods have become
   * ready in the meantime.
   */
  public boolean areTooFewFor(Duration time, Instant now) {
    Instant begin = now.minus(time);
    return count.isTooLow()
        && !since.isAfter(begin)
        && count.consumers() < count.readyBefore(begin);
  }

  /** Whether there have been enough consumers for this long. */
  public boolean areEnoughFor(Duration time, Instant now) {
    return !count.isTooLow() && !since.isAfter(now.minus(time));
  }

  /** Whether messages have waited for this long. */
  public boolean letMessagesWaitFor(Duration time, Instant now) {
    return waitingSince.filter(begin -> !begin.isAfter(now.minus(time))).isPresent();
  }
}
