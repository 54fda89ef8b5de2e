package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import dev.warren.operator.scaling.QueueReading.Unknown;
import dev.warren.operator.scaling.ScaleOutTrial.Finding;
import dev.warren.operator.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Decides how many replicas one consumer needs to handle new messages at the desired utilization
 * and to work off the backlog. An empty queue under full load keeps its replicas, because arrivals
 * are measured and not guessed from the waiting messages.
 *
 * <p>Remembers what it has measured; not thread-safe. A new one starts from the replicas that it
 * finds.
 */
public final class ConsumerScaler {

  /** Fewer replicas by less than this part are not worth a change. */
  private static final double TOLERANCE = 0.1;

  /** How long after any change; the policy's percentage is per minute. */
  private static final Duration SCALE_IN_INTERVAL = Duration.ofMinutes(1);

  private final LoadHistory load = new LoadHistory();
  private final ReplicaRate rate = new ReplicaRate();
  private final ScaleOutTrial trial = new ScaleOutTrial();
  private Instant lastChange = Instant.MIN;

  public ConsumerScaler() {}

  /**
   * Decides from one more sample, of about every 5 s. One that is not later than the one before
   * adds nothing to what is known.
   */
  public ScalingDecision decide(ScalingPolicy policy, Sample sample) {
    return switch (sample.queue()) {
      case Unknown unknown -> hold(policy, sample, unknown);
      case Known reading -> decide(policy, sample, reading);
    };
  }

  /** The bounds apply without a reading, because they are part of the spec. */
  private ScalingDecision hold(ScalingPolicy policy, Sample sample, Unknown unknown) {
    return new ScalingDecision(
        policy.bound(sample.replicas()),
        Reason.HOLDING_UNKNOWN,
        "no change while the load is unknown: " + unknown.why(),
        OptionalDouble.empty(),
        rate.pace(policy).rate(),
        OptionalLong.empty(),
        Optional.empty());
  }

  private ScalingDecision decide(ScalingPolicy policy, Sample sample, Known reading) {
    if (load.isNew(sample)) {
      load.add(sample, reading, policy.scaleInWindow(), rate.jobTime(policy))
          .ifPresentOrElse(
              interval -> observe(interval, policy), () -> rate.restart(sample.at(), reading));
    }
    Outlook outlook =
        new Outlook(
            sample,
            new Need(
                policy,
                reading,
                load.arrivals().orElse(0),
                load.steadyArrivals(),
                rate.pace(policy)),
            load.arrivals().isPresent());
    int replicas = sample.replicas();
    int bound = policy.bound(replicas);
    if (bound != replicas) {
      if (bound == policy.maxReplicas() && outlook.need().exceeds(bound)) {
        return outlook.grow(Reason.OUT_OF_BOUNDS);
      }
      return outlook.decide(
          bound,
          Reason.OUT_OF_BOUNDS,
          "minReplicas and maxReplicas do not allow %d replicas".formatted(replicas));
    }
    if (replicas == 0) {
      return reading.ready() == 0
          ? outlook.decide(0, Reason.IDLE, "no messages wait")
          : wake(outlook);
    }
    if (load.idleFor().compareTo(policy.cooldown()) >= 0 && reading.backlog() == 0) {
      return outlook.decide(
          policy.minReplicas(),
          Reason.IDLE,
          "no message arrived for %d s".formatted(load.idleFor().toSeconds()));
    }
    return outlook.need().exceeds(replicas) ? scaleOut(outlook) : scaleIn(outlook);
  }

  private void observe(Interval interval, ScalingPolicy policy) {
    rate.observe(interval, policy);
    Pace pace = rate.pace(policy);
    if (pace.isOfJobs() || pace.isInDoubt()) {
      trial.forget();
    } else {
      trial.observe(interval, policy.concurrency());
    }
  }

  private ScalingDecision wake(Outlook outlook) {
    load.forget();
    lastChange = outlook.sample().at();
    return outlook.grow(Reason.WAKING);
  }

  private ScalingDecision scaleOut(Outlook outlook) {
    int replicas = outlook.replicas();
    if (isGuess(outlook.need()) && outlook.need().isCalm(replicas)) {
      return outlook.decide(
          replicas, Reason.LEARNING, "no messages wait; the rate of a replica is not known yet");
    }
    Optional<Finding> ineffective = trial.ineffective();
    if (ineffective.isPresent()) {
      return outlook.decide(replicas, Reason.INEFFECTIVE, ineffective.get().description());
    }
    if (replicas < outlook.policy().maxReplicas()) {
      lastChange = outlook.sample().at();
    }
    return outlook.grow(Reason.SCALING_OUT);
  }

  /** Silence is no guess: it shows that messages take long. */
  private boolean isGuess(Need need) {
    return !rate.isKnown(need.policy()) && !need.pace().isInDoubt() && !need.pace().isOfJobs();
  }

  private ScalingDecision scaleIn(Outlook outlook) {
    ScalingPolicy policy = outlook.policy();
    int replicas = outlook.replicas();
    OptionalInt spare = spareWhileQuiet(outlook.need());
    boolean atOnce = spare.isPresent();
    Outlook highest = outlook.with(atOnce ? 0 : load.peakArrivals());
    int enough =
        Math.max(Math.max(1, policy.minReplicas()), highest.need().leastToKeep() + spare.orElse(0));
    if (enough >= replicas || !atOnce && enough > replicas * (1 - TOLERANCE)) {
      return outlook.decide(replicas, Reason.STEADY, outlook.need().description());
    }
    if (!rate.isKnown(policy)) {
      return outlook.decide(
          replicas, Reason.LEARNING, "the rate of a replica is not known yet, so none is removed");
    }
    if (!atOnce && isTooEarly(outlook)) {
      return outlook.decide(replicas, Reason.STABILIZING, outlook.need().description());
    }
    lastChange = outlook.sample().at();
    int step = atOnce ? replicas : Math.max(1, replicas * policy.maxScaleInPercent() / 100);
    return outlook.decide(
        Math.max(enough, replicas - step), Reason.SCALING_IN, highest.need().description());
  }

  /** Fewer must have been enough for the window, and one job's time must have been observed. */
  private boolean isTooEarly(Outlook outlook) {
    return load.seenFor().compareTo(outlook.policy().scaleInWindow()) < 0
        || outlook.need().pace().isOfJobs() && !load.isComplete()
        || lastChange.isAfter(outlook.sample().at().minus(SCALE_IN_INTERVAL));
  }

  /**
   * How many idle replicas stay when no job has arrived for one job's time: a job then gains little
   * from a replica that already runs. One stays for a job that arrives just now, until none has
   * arrived for twice that time. Empty while jobs arrive, or if they are not long.
   */
  private OptionalInt spareWhileQuiet(Need need) {
    Duration jobTime = rate.jobTime(need.policy());
    boolean timed = !jobTime.isZero() && need.isOnePlaceEach();
    if (!timed || load.quietFor().compareTo(jobTime) < 0) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(load.quietFor().compareTo(jobTime.multipliedBy(2)) < 0 ? 1 : 0);
  }

  /**
   * The figures that a decision is based on and shown with.
   *
   * @param known whether the arrivals are
   */
  private record Outlook(Sample sample, Need need, boolean known) {

    Outlook with(double arrivals) {
      return new Outlook(
          sample, new Need(need.policy(), need.reading(), arrivals, arrivals, need.pace()), known);
    }

    ScalingPolicy policy() {
      return need.policy();
    }

    int replicas() {
      return sample.replicas();
    }

    /**
     * As many replicas as needed, or as many as allowed.
     *
     * @param reason the reason, if enough are allowed
     */
    ScalingDecision grow(Reason reason) {
      int most = policy().maxReplicas();
      int needed = Math.max(Math.max(1, replicas()), need.wholeReplicas());
      if (needed <= most && !need.exceeds(most)) {
        return decide(needed, reason, need.description());
      }
      return decide(
          most,
          need.exceeds(most) ? limit() : reason,
          need.description() + "; at most %d are allowed".formatted(most));
    }

    private Reason limit() {
      return policy().singleActiveConsumer() ? Reason.SINGLE_ACTIVE_CONSUMER : Reason.AT_MAXIMUM;
    }

    ScalingDecision decide(int replicas, Reason reason, String explanation) {
      return new ScalingDecision(
          replicas,
          reason,
          explanation,
          known ? OptionalDouble.of(need.arrivals()) : OptionalDouble.empty(),
          need.pace().rate(),
          OptionalLong.of(need.reading().backlog()),
          known ? need.drainsIn(sample.readyReplicas()) : Optional.empty());
    }
  }
}
