package dev.warren.operator.scaling;

import java.time.Duration;

/**
 * How much one replica handles while it is busy. It is measured while all replicas have work.
 * Otherwise, the messages that they hold show how busy they are, but only if a replica really works
 * on all of them at once.
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

  /** A lower bound: nothing handled so far does not mean that nothing is ever handled. */
  private static final double LEAST = 1e-3;

  /** Messages that were handled, and how many seconds of work of one replica they took. */
  private static final class Evidence {
    final double memory;
    final double enough;
    double observed;
    double messages;
    double work;

    Evidence(double memory, double enough) {
      this.memory = memory;
      this.enough = enough;
    }

    void add(double moreMessages, double moreWork, double seconds) {
      double kept = Math.exp(-seconds / memory);
      observed += moreWork > 0 ? seconds : 0;
      messages = messages * kept + moreMessages;
      work = work * kept + moreWork;
    }

    boolean isEnough() {
      return observed >= enough && work > 0;
    }

    double rate() {
      return Math.max(LEAST, messages / work);
    }

    boolean exceeds(Evidence other) {
      return isEnough() && other.isEnough() && rate() > NOTABLE * other.rate();
    }

    /** Adds the other's measurements, which then age like its own. */
    void copy(Evidence other) {
      observed = enough;
      messages = other.messages * memory / other.memory;
      work = other.work * memory / other.memory;
    }
  }

  /** While all replicas had work. */
  private final Evidence busy = new Evidence(BUSY_MEMORY, BUSY_ENOUGH);

  /** At any time, from the messages that they held. */
  private final Evidence held = new Evidence(HELD_MEMORY, HELD_ENOUGH);

  private Duration calmFor = Duration.ZERO;
  private boolean heldMisleads;
  private int settledReplicas;

  void observe(Interval interval, ScalingPolicy policy) {
    int concurrency = policy.concurrency();
    double seconds = interval.seconds();
    // Replicas that were just added have not reported everything that they handled.
    boolean settled = interval.replicas() > 0 && interval.replicas() == settledReplicas;
    settledReplicas = interval.replicas();
    if (settled) {
      held.add(interval.handled(), interval.busySeconds(concurrency), seconds);
    }
    if (interval.isSaturated(concurrency)) {
      calmFor = Duration.ZERO;
      if (settled) {
        busy.add(interval.handled(), interval.replicas() * seconds, seconds);
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
  boolean isKnown() {
    return busy.isEnough() || held.isEnough();
  }

  /** Messages/s. Before it was measured: what it should be at least. */
  double value(ScalingPolicy policy) {
    if (busy.isEnough()) {
      return busy.rate();
    }
    return held.isEnough() ? held.rate() : policy.initialRate() / DOUBT;
  }
}
