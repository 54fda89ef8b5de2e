package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Duration;
import java.time.Instant;

/**
 * What happened between two readings of a queue. The broker reads its counters at different
 * moments, so the numbers of one interval may be off by what is handled in between; sums over
 * several intervals are right.
 *
 * @param replicas how many were ready; 0 if that changed, or if some were to be removed
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

  /** What arrived: the growth of the queue plus what was handled. Redeliveries are not new. */
  double arrivals() {
    return growth() + handled();
  }

  /** By how many messages the queue has grown. */
  double growth() {
    return after.backlog() - before.backlog();
  }

  /** Whether next to nothing waited at first: no more than was being handled. */
  boolean beganCalm() {
    return before.ready() <= before.unacknowledged();
  }

  /**
   * Whether all replicas had work throughout: at both ends more waited than they can hold, and more
   * than random variation can explain (two standard deviations).
   */
  boolean isSaturated(int concurrency) {
    long waiting = Math.min(before.ready(), after.ready());
    return replicas > 0
        && waiting >= (long) replicas * concurrency
        && waiting >= 2 * Math.sqrt(handled());
  }

  /** Whether nothing had to wait for long: less waits than the replicas can take. */
  boolean isCalm(int concurrency) {
    return Math.max(before.ready(), after.ready()) <= (long) replicas * concurrency;
  }

  /**
   * Seconds of work in terms of one replica, if each worked on all messages that it holds at once.
   */
  double busySeconds(int concurrency) {
    return (before.unacknowledged() + after.unacknowledged()) / 2.0 / concurrency * seconds();
  }
}
