package dev.warren.operator.scaling;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Watches whether more replicas handle more messages. If they do not, something else is the limit,
 * such as a database that they all use, and adding more would not help.
 */
final class ScaleOutTrial {

  /** How long the broker's readings must cover the replicas before the scale-up. */
  private static final double BEFORE_SECONDS = 20;

  /** How long they must cover the replicas after it. */
  private static final double AFTER_SECONDS = 40;

  /** By which factor replicas must have grown, so that coarse readings cannot hide the effect. */
  private static final double LEAST_GROWTH = 1.5;

  /** How many messages must have been handled before, so that chance cannot hide the effect. */
  private static final double LEAST_HANDLED = 30;

  /** Which part of the expected rise must have happened. */
  private static final double LEAST_EFFECT = 0.1;

  /** How long a finding is valid. */
  private static final Duration FROZEN = Duration.ofMinutes(5);

  /** What replicas handled that had work all the time, over some seconds. */
  private static final class Span {
    double seconds;
    double replicaSeconds;
    double handled;

    void add(Interval interval) {
      seconds += interval.seconds();
      replicaSeconds += interval.seconds() * interval.replicas();
      handled += interval.handled();
    }

    /** On average. */
    double replicas() {
      return replicaSeconds / seconds;
    }

    /** Messages/s, all together. */
    double throughput() {
      return handled / seconds;
    }
  }

  /** The finding that more replicas than before handled hardly more. */
  record Finding(int before, double handledBefore, int after, double handledAfter, Instant until) {

    String description() {
      return "%d replicas handle %s/s and %d handled %s/s: something else is the limit; no replica is added until %s"
          .formatted(
              after,
              Need.number(handledAfter),
              before,
              Need.number(handledBefore),
              until.truncatedTo(ChronoUnit.SECONDS));
    }
  }

  private Span before = new Span();
  private Span after = new Span();
  private Optional<Finding> finding = Optional.empty();

  void observe(Interval interval, int concurrency) {
    finding = finding.filter(found -> interval.to().isBefore(found.until()));
    if (interval.isCalm(concurrency)) {
      restart();
    } else if (interval.isSaturated(concurrency)) {
      if (before.seconds < BEFORE_SECONDS) {
        before.add(interval);
      } else if (interval.replicas() >= LEAST_GROWTH * before.replicas()) {
        after.add(interval);
      }
      if (after.seconds >= AFTER_SECONDS) {
        compare(interval.to());
        before = after;
        after = new Span();
      }
    }
  }

  private void restart() {
    before = new Span();
    after = new Span();
  }

  /** For long jobs: acknowledgements show added replicas only after one job's time. */
  void forget() {
    restart();
    finding = Optional.empty();
  }

  private void compare(Instant now) {
    double expected = before.throughput() * (after.replicas() / before.replicas() - 1);
    if (before.handled >= LEAST_HANDLED
        && after.throughput() - before.throughput() <= LEAST_EFFECT * expected) {
      finding =
          Optional.of(
              new Finding(
                  (int) Math.round(before.replicas()),
                  before.throughput(),
                  (int) Math.round(after.replicas()),
                  after.throughput(),
                  now.plus(FROZEN)));
    }
  }

  /** What was found in the last five minutes, if anything. */
  Optional<Finding> ineffective() {
    return finding;
  }
}
