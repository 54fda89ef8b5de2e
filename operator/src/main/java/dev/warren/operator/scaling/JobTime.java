package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/**
 * How long a replica holds a message: from its delivery to its acknowledgement. The broker counts
 * both but does not report which message was acknowledged, so it is assumed to be the one that was
 * held longest. The mean is the same in any order. Samples are about 5 s apart, which is exact
 * enough for longer work.
 */
final class JobTime {

  /** About how many of the last messages the mean covers. */
  private static final double MEMORY = 8;

  /** After a longer gap, it is unknown what was delivered and acknowledged in between. */
  private static final double GAP = 15;

  /** How many deliveries are distinguished: those of one hour, if each sample shows one. */
  private static final int MOST = 720;

  /**
   * Messages that were delivered at about the same time.
   *
   * @param startSeen whether that time is known; messages held at the first sample are older
   */
  private record Held(Instant since, boolean startSeen, long messages) {}

  /** The oldest first. */
  private final Deque<Held> held = new ArrayDeque<>();

  private Instant now = Instant.MIN;
  private Instant lastFinished = Instant.MIN;
  private OptionalDouble mean = OptionalDouble.empty();
  private double counted;

  /** How many more are held here than the broker counted last. They may be acknowledged already. */
  private long surplus;

  /** Starts again with a reading that cannot be compared with an earlier one. Keeps the mean. */
  void restart(Instant at, Known reading) {
    held.clear();
    surplus = 0;
    now = at;
    lastFinished = at;
    if (reading.unacknowledged() > 0) {
      held.add(new Held(at, false, reading.unacknowledged()));
    }
  }

  void observe(Interval interval) {
    if (interval.seconds() > GAP) {
      restart(interval.to(), interval.after());
      return;
    }
    now = interval.to();
    long finished = Math.round(interval.handled());
    if (finished > 0 || interval.before().unacknowledged() == 0) {
      lastFinished = now;
    }
    finish(finished);
    agree(interval.after().unacknowledged());
  }

  private void finish(long messages) {
    long left = messages;
    while (left > 0 && !held.isEmpty()) {
      Held oldest = held.removeFirst();
      long some = Math.min(left, oldest.messages());
      if (some < oldest.messages()) {
        held.addFirst(new Held(oldest.since(), oldest.startSeen(), oldest.messages() - some));
      }
      if (oldest.startSeen()) {
        learn(some, seconds(oldest.since()));
      }
      left -= some;
    }
    // These were delivered and acknowledged since the last sample.
    learn(left, 0);
  }

  private void learn(long messages, double seconds) {
    if (messages > 0) {
      counted = Math.min(MEMORY, counted + messages);
      double weight = Math.min(1, messages / counted);
      mean = OptionalDouble.of((1 - weight) * mean.orElse(0) + weight * seconds);
    }
  }

  /**
   * Adjusts the held messages to the broker's count. Messages that are missing there stay for one
   * more sample, because acknowledgements are counted at another time. Messages that are still
   * missing then were rejected or returned to the queue.
   */
  private void agree(long unacknowledged) {
    long more = unacknowledged - held.stream().mapToLong(Held::messages).sum();
    if (more > 0) {
      Held newest = held.size() < MOST ? new Held(now, true, 0) : held.removeLast();
      held.addLast(new Held(newest.since(), newest.startSeen(), newest.messages() + more));
    }
    long dropped = Math.min(surplus, Math.max(0, -more));
    drop(dropped);
    surplus = Math.max(0, -more) - dropped;
  }

  private void drop(long messages) {
    long left = messages;
    while (left > 0) {
      Held oldest = held.removeFirst();
      if (oldest.messages() > left) {
        held.addFirst(new Held(oldest.since(), oldest.startSeen(), oldest.messages() - left));
      }
      left -= oldest.messages();
    }
  }

  /** The mean of the last messages, in seconds; empty before one was seen from start to end. */
  OptionalDouble seconds() {
    return mean;
  }

  /** For how many seconds messages have been held without an acknowledgement. */
  double silence() {
    return held.isEmpty() ? 0 : seconds(lastFinished);
  }

  private double seconds(Instant since) {
    return Duration.between(since, now).toMillis() / 1e3;
  }
}
