package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How many replicas a load needs.
 *
 * @param arrivals messages/s
 * @param rate messages/s that one busy replica handles
 */
record Need(ScalingPolicy policy, Known reading, double arrivals, double rate) {

  /**
   * Which part of the allowed wait a backlog may cause before it is worked off. Half, because what
   * arrives until more replicas are ready comes on top.
   */
  private static final double ALLOWED = 0.5;

  /** The measurement is not exact enough to distinguish 5 from 5.02 replicas. */
  private static final double ROUGH = 0.005;

  /** An additional need below this part is ignored; if it is real, messages will pile up. */
  private static final double TOLERANCE = 0.1;

  /**
   * Replicas, not rounded, that handle the arrivals at the desired utilization, and the backlog.
   */
  double replicas() {
    double drain = excess() / seconds(policy.drainWithin());
    return (arrivals / policy.targetUtilization() + drain) / rate;
  }

  /** Whole replicas; at most as many as there are messages for. */
  int wholeReplicas() {
    double most = Math.ceil((double) reading.backlog() / policy.concurrency());
    double enough = arrivals > 0 ? Double.MAX_VALUE : most;
    return (int) Math.min(Integer.MAX_VALUE, Math.ceil(Math.min(replicas() * (1 - ROUGH), enough)));
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
    double spare = readyReplicas * rate - arrivals;
    double seconds = reading.backlog() / spare;
    return spare > 0 && seconds < Duration.ofDays(1).toSeconds()
        ? Optional.of(Duration.ofSeconds((long) Math.ceil(seconds)))
        : Optional.empty();
  }

  /** Such as "arrivals 180/s need 9 replicas of 25/s each". */
  String description() {
    int needed = wholeReplicas();
    String waiting = excess() > 0 ? " and %d waiting messages".formatted(reading.ready()) : "";
    return "arrivals %s/s%s need %d %s of %s/s each"
        .formatted(
            number(arrivals), waiting, needed, needed == 1 ? "replica" : "replicas", number(rate));
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
