package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Duration;
import java.time.Instant;

/**
 * How much one replica handles while it is busy. It is measured while all replicas have work.
 * Otherwise, the messages that they hold show how busy they are, but only if a replica really works
 * on all of them at once. If that takes so long that acknowledgements are rare, the time from
 * delivery to acknowledgement shows it.
 *
 * <p>Silence is not a rate of zero: as long as nothing is acknowledged, the last rate stays.
 */
final class ReplicaRate {

  /** How wrong an initial rate may be before it is measured; too few replicas cost more. */
  private static final double DOUBT = 2;

  /** A measurement of this age, taken while all were busy, counts a third. */
  private static final double BUSY_MEMORY = 30;

  /** The same for the messages that the replicas hold, of which each sample shows one moment. */
  private static final double HELD_MEMORY = 300;

  /** How long it must have been measured: several of the broker's readings. */
  private static final double BUSY_ENOUGH = 18;

  private static final double HELD_ENOUGH = 45;

  /** How much both may differ, because both are rough. */
  private static final double NOTABLE = 1.25;

  /** After so many seconds without an acknowledgement, the broker has certainly counted again. */
  private static final double SILENT = 10;

  /** Unfinished work is expected to take twice its age: as likely more as less. */
  private static final double AGAIN = 2;

  /** Messages that were handled, and how many seconds of work of one replica they took. */
  private static final class Evidence {
    final double memory;
    final double enough;
    double observed;
    double messages;
    double work;
    double rate;

    Evidence(double memory, double enough) {
      this.memory = memory;
      this.enough = enough;
    }

    /** During a silence the rate stays. The next acknowledgement shows how long the work took. */
    void add(double moreMessages, double moreWork, double seconds, boolean silent) {
      double kept = Math.exp(-seconds / memory);
      observed += moreWork > 0 ? seconds : 0;
      messages = messages * kept + moreMessages;
      work = work * kept + moreWork;
      if (!silent && moreMessages + moreWork > 0 && work > 0) {
        rate = messages / work;
      }
    }

    boolean isEnough() {
      return observed >= enough && rate > 0;
    }

    boolean exceeds(Evidence other) {
      return isEnough() && other.isEnough() && rate > NOTABLE * other.rate;
    }

    /** Adds the other's measurements, which then age like its own. */
    void copy(Evidence other) {
      observed = enough;
      messages = other.messages * memory / other.memory;
      work = other.work * memory / other.memory;
      rate = other.rate;
    }
  }

  /** While all replicas had work. */
  private final Evidence busy = new Evidence(BUSY_MEMORY, BUSY_ENOUGH);

  /** At any time, from the messages that they held. */
  private final Evidence held = new Evidence(HELD_MEMORY, HELD_ENOUGH);

  private final JobTime jobTime = new JobTime();
  private Duration calmFor = Duration.ZERO;
  private boolean heldMisleads;
  private int settledReplicas;

  /** Starts again with a reading that cannot be compared with an earlier one. Keeps the rates. */
  void restart(Instant at, Known reading) {
    jobTime.restart(at, reading);
  }

  void observe(Interval interval, ScalingPolicy policy) {
    jobTime.observe(interval);
    int concurrency = policy.concurrency();
    double seconds = interval.seconds();
    boolean silent = jobTime.silence() >= SILENT;
    // Replicas that were just added have not reported everything that they handled.
    boolean settled = interval.replicas() > 0 && interval.replicas() == settledReplicas;
    settledReplicas = interval.replicas();
    if (settled) {
      held.add(interval.handled(), interval.busySeconds(concurrency), seconds, silent);
    }
    if (interval.isSaturated(concurrency)) {
      calmFor = Duration.ZERO;
      if (settled) {
        busy.add(interval.handled(), interval.replicas() * seconds, seconds, silent);
        heldMisleads |= concurrency > 1 && held.exceeds(busy);
      }
    } else if (interval.isCalm(concurrency)) {
      calmFor = calmFor.plus(Duration.between(interval.from(), interval.to()));
      boolean longEnough = calmFor.compareTo(policy.scaleInWindow()) >= 0;
      if (longEnough && held.isEnough() && !heldMisleads) {
        busy.copy(held);
      }
    }
  }

  /** Whether it was measured. */
  boolean isKnown(ScalingPolicy policy) {
    return isTimed(policy) || busy.isEnough() || held.isEnough();
  }

  Pace pace(ScalingPolicy policy) {
    double rate = rate(policy);
    double silence = jobTime.silence();
    boolean longerThanUsual = silence >= Math.max(SILENT, policy.concurrency() / rate);
    return new Pace(rate, longerThanUsual ? policy.concurrency() / (AGAIN * silence) : rate);
  }

  /** Messages/s. Before it was measured: what it should be at least. */
  private double rate(ScalingPolicy policy) {
    if (isTimed(policy)) {
      return timed(policy);
    }
    if (busy.isEnough()) {
      return busy.rate;
    }
    return held.isEnough() ? held.rate : policy.initialRate() / DOUBT;
  }

  /** Messages/s, if a replica works on all its messages at once. */
  private double timed(ScalingPolicy policy) {
    return policy.concurrency() / jobTime.seconds().orElse(0);
  }

  /** Whether acknowledgements are so rare that their times show more than their number. */
  private boolean isTimed(ScalingPolicy policy) {
    return timed(policy) < Pace.JOBS;
  }

  /** How long a message takes if it is a long job; else zero. */
  Duration jobTime(ScalingPolicy policy) {
    return isTimed(policy)
        ? Duration.ofMillis(Math.round(jobTime.seconds().getAsDouble() * 1000))
        : Duration.ZERO;
  }
}
