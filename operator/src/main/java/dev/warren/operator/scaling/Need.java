package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How many replicas a load needs.
 *
 * @param arrivals messages/s
 * @param steady messages/s that certainly arrive: without a jump that only the last sample shows
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
   * time. Long jobs get a replica when they exist, and not before.
   */
  double replicas() {
    double enough = Math.max(busyWith(arrivals), held() * share()) + waiting() * share();
    double coming = pace.isOfJobs() ? 0 : busyWith(steady);
    return Math.min(enough, places(reading.backlog()) + coming);
  }

  /** Replicas that handle the arrivals at the desired utilization. */
  private double busyWith(double arrivals) {
    return arrivals / policy.targetUtilization() / pace.rate();
  }

  /** Replicas that the held messages fill. */
  private double held() {
    return places(reading.unacknowledged());
  }

  /** Replicas that the waiting messages beyond the allowed number fill. */
  private double waiting() {
    return places(excess());
  }

  private double places(double messages) {
    return messages / policy.concurrency();
  }

  /**
   * The part of {@code drainWithin} for which a message occupies its place. If it is all of it,
   * each message needs its own place.
   */
  private double share() {
    return Math.min(1, policy.concurrency() / pace.sure() / seconds(policy.drainWithin()));
  }

  /** Whether each message needs its own replica, or its own place in one. */
  boolean isOnePlaceEach() {
    return pace.isCertainlyOfJobs() && share() == 1;
  }

  int wholeReplicas() {
    return whole(replicas());
  }

  /**
   * Whole replicas that stay although fewer are enough now. For long jobs, these are the busy ones
   * and those for the messages that arrive within one job's time.
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
    String waiting =
        excess() > 0
            ? " and %d waiting %s"
                .formatted(reading.ready(), reading.ready() == 1 ? "message" : "messages")
            : "";
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
