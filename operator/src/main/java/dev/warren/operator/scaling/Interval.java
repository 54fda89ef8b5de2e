package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Duration;
import java.time.Instant;

/**
 * What happened between two readings of a queue. The broker takes its counters at different
 * moments, so that one interval's numbers may be off by what is handled in one of them; sums over
 * several are right.
 *
 * @param replicas how many were ready; 0 when that changed, or some were to go
 */
record Interval(Instant from, Instant to, Known before, Known after, int replicas) {

  static Interval between(Sample first, Known before, Sample second, Known after) {
    int ready = second.readyReplicas();
    boolean constant =
        ready == first.readyReplicas() && ready <= Math.min(first.replicas(), second.replicas());
    return new Interval(first.at(), second.at(), before, after, constant ? ready : 0);
  }

  double seconds() {
    return Duration.between(from, to).toNanos() / 1e9;
  }

  double handled() {
    return after.acknowledged() - before.acknowledged();
  }

  /** What came in: what is there more, and what was handled. Redelivered messages are not new. */
  double arrivals() {
    return growth() + handled();
  }

  /** How many messages more there are. */
  double growth() {
    return after.backlog() - before.backlog();
  }

  /** Whether at first no more waited than was being handled: next to nothing. */
  boolean beganCalm() {
    return before.ready() <= before.unacknowledged();
  }

  /**
   * Whether all replicas had work throughout: at both ends more waited than they can hold, and more
   * than chance takes away and brings back in between (two standard deviations).
   */
  boolean isSaturated(int concurrency) {
    long waiting = Math.min(before.ready(), after.ready());
    return replicas > 0
        && waiting >= (long) replicas * concurrency
        && waiting >= 2 * Math.sqrt(handled());
  }

  /** Whether nothing had to wait for long: what waits is less than the replicas can take. */
  boolean isCalm(int concurrency) {
    return Math.max(before.ready(), after.ready()) <= (long) replicas * concurrency;
  }

  /** Seconds of work of one replica each, were every message that it has worked on at once. */
  double busySeconds(int concurrency) {
    return (before.unacknowledged() + after.unacknowledged()) / 2.0 / concurrency * seconds();
  }
}
