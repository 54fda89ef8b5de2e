package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How many replicas a load needs.
 *
 * @param arrivals messages/s
 * @param steady messages/s that arrive for certain: without what the last sample seems to begin
 * @param pace how fast a busy replica is
 */
record Need(ScalingPolicy policy, Known reading, double arrivals, double steady, Pace pace) {

  /**
   * Which part of the allowed wait a backlog may cause before it is worked off. Half, because what
   * arrives until more replicas are ready comes on top.
   */
  private static final double ALLOWED = 0.5;

  /** The measurement is not exact enough to distinguish 5 from 5.02 replicas. */
  private static final double ROUGH = 0.005;

  /** Messages are counted, so nothing but the arithmetic is inexact. */
  private static final double EXACT = 1e-9;

  /** An additional need below this part is ignored; if it is real, messages will pile up. */
  private static final double TOLERANCE = 0.1;

  /**
   * Replicas, not rounded, that handle the arrivals at the desired utilization, and the backlog: at
   * most as many as are needed to hold all messages and those that arrive within one message's
   * time. Long jobs have a replica when they are there, and not before.
   */
  double replicas() {
    double enough = Math.max(busyWith(arrivals), held() * share()) + waiting() * share();
    double coming = pace.isOfJobs() ? 0 : busyWith(steady);
    return Math.min(enough, places(reading.backlog()) + coming);
  }

  /** Replicas that handle what arrives, at the desired utilization. */
  private double busyWith(double arrivals) {
    return arrivals / policy.targetUtilization() / pace.rate();
  }

  /** Replicas that are full with what is held. */
  private double held() {
    return places(reading.unacknowledged());
  }

  /** Replicas that are full with what waits beyond the allowed number. */
  private double waiting() {
    return places(excess());
  }

  private double places(double messages) {
    return messages / policy.concurrency();
  }

  /**
   * Which part of the time in which the backlog is to be worked off a message takes of its place.
   * If it takes all of it, every message needs a place of its own.
   */
  private double share() {
    return Math.min(1, policy.concurrency() / pace.sure() / seconds(policy.drainWithin()));
  }

  /** Whether every message needs a replica, or a place in one, that no other can use in time. */
  boolean isOnePlaceEach() {
    return pace.isCertainlyOfJobs() && share() == 1;
  }

  int wholeReplicas() {
    return whole(replicas());
  }

  /**
   * Whole replicas that stay although fewer would do now. Of long jobs, those that work, and those
   * that what arrives within one job's time will need.
   */
  int leastToKeep() {
    return pace.isOfJobs()
        ? whole(Math.max(replicas(), Math.max(held(), busyWith(arrivals))))
        : wholeReplicas();
  }

  private int whole(double replicas) {
    double exact = replicas * (1 - (pace.isOfJobs() ? EXACT : ROUGH));
    return (int) Math.min(Integer.MAX_VALUE, Math.ceil(exact));
  }

  /** Whether more than this many replicas are needed now. */
  boolean exceeds(int replicas) {
    return replicas() > replicas * (excess() > 0 ? 1 : 1 + TOLERANCE);
  }

  /** How many messages wait beyond the allowed number. */
  private double excess() {
    return Math.max(0, reading.ready() - arrivals * seconds(policy.maxWait()) * ALLOWED);
  }

  /** Whether this many replicas can take all waiting messages at once. */
  boolean isCalm(int replicas) {
    return reading.ready() <= (long) replicas * policy.concurrency();
  }

  /** The time in which this many replicas clear the backlog; empty when they do not. */
  Optional<Duration> drainsIn(int readyReplicas) {
    if (reading.backlog() == 0) {
      return Optional.of(Duration.ZERO);
    }
    double spare = readyReplicas * pace.rate() - arrivals;
    double seconds = reading.backlog() / spare;
    return spare > 0 && seconds < Duration.ofDays(1).toSeconds()
        ? Optional.of(Duration.ofSeconds((long) Math.ceil(seconds)))
        : Optional.empty();
  }

  /** Such as "arrivals 180/s need 9 replicas of 25/s each". */
  String description() {
    return pace.isOfJobs() ? jobs() : load();
  }

  private String load() {
    String waiting = excess() > 0 ? " and %d waiting messages".formatted(reading.ready()) : "";
    return "arrivals %s/s%s need %s of %s/s each"
        .formatted(number(arrivals), waiting, words(wholeReplicas()), number(pace.rate()));
  }

  private String jobs() {
    long seconds = Math.round(policy.concurrency() / pace.sure());
    return "%d messages of %s each, %d of them held, need %s"
        .formatted(
            reading.backlog(),
            pace.isInDoubt() ? "%d s or more".formatted(seconds) : "about %d s".formatted(seconds),
            reading.unacknowledged(),
            words(wholeReplicas()));
  }

  private static String words(int replicas) {
    return replicas + (replicas == 1 ? " replica" : " replicas");
  }

  static String number(double rate) {
    if (rate > 0 && rate < 0.1) {
      return "<0.1";
    }
    boolean whole = rate >= 10 || Math.abs(rate - Math.rint(rate)) < 0.05;
    return String.format(Locale.ROOT, whole ? "%.0f" : "%.1f", rate);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
