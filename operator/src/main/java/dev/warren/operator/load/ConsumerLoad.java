package dev.warren.operator.load;

import dev.warren.operator.metrics.ConsumerMeters;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.scaling.QueueReading;
import dev.warren.operator.scaling.QueueReading.Known;
import dev.warren.operator.scaling.QueueReading.Unknown;
import dev.warren.operator.scaling.Sample;
import dev.warren.operator.scaling.ScalingDecision;
import dev.warren.operator.scaling.ScalingPolicy;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/** The load of one consumer, and what is decided by it. Not thread-safe. */
final class ConsumerLoad implements AutoCloseable {

  private final String queue;
  private final BiFunction<ScalingPolicy, Sample, ScalingDecision> scaler;
  private final ConsumerMeters meters;
  private Instant knownAt;
  private ConsumerScaling scaling;
  private boolean held;
  private QueueReading lastReading;

  /**
   * @param scaler decides; it is given every sample
   * @param now since when the load is asked for
   */
  ConsumerLoad(
      String queue,
      BiFunction<ScalingPolicy, Sample, ScalingDecision> scaler,
      ConsumerMeters meters,
      Instant now) {
    this.queue = queue;
    this.scaler = scaler;
    this.meters = meters;
    this.knownAt = now;
  }

  String queue() {
    return queue;
  }

  /** How it stands, once it has been sampled. */
  ConsumerScaling scaling() {
    return scaling;
  }

  /**
   * Takes a sample.
   *
   * @return whether another number of Pods is wanted than before, or it has become unknown for long
   *     or known again
   */
  boolean sample(ScalingPolicy policy, Deployment deployment, QueueReading reading, Instant now) {
    int before = wanted(deployment);
    boolean wasHeld = held;
    ScalingDecision decision =
        scaler.apply(policy, new Sample(now, before, ready(deployment), reading));
    Optional<String> unknownBecause =
        reading instanceof Unknown unknown ? Optional.of(unknown.why()) : Optional.empty();
    if (unknownBecause.isEmpty()) {
      knownAt = now;
    }
    scaling = new ConsumerScaling(decision, knownAt, unknownBecause);
    held = scaling.isHeld(now);
    lastReading = reading;
    meters.show(decision, before);
    return decision.replicas() != before || held != wasHeld;
  }

  /** Whether no replica is wanted, so that whoever knows of a message should say so. */
  boolean isAsleep() {
    return scaling != null && scaling.decision().replicas() == 0;
  }

  /**
   * Takes it that a message has come which the broker does not count yet. What is unknown otherwise
   * stays so, and replicas that are there already will show it.
   *
   * @return whether replicas are wanted now
   */
  boolean arrived(ScalingPolicy policy, Deployment deployment, Instant now) {
    return isAsleep()
        && lastReading instanceof Known known
        && sample(
            policy,
            deployment,
            new Known(known.ready() + 1, known.unacknowledged(), known.acknowledged()),
            now);
  }

  /** The last decision counts, not what somebody has made of it: a pass sets that right. */
  private int wanted(Deployment deployment) {
    return scaling == null
        ? Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 0)
        : scaling.decision().replicas();
  }

  private static int ready(Deployment deployment) {
    DeploymentStatus status = deployment.getStatus();
    return status == null ? 0 : Objects.requireNonNullElse(status.getReadyReplicas(), 0);
  }

  @Override
  public void close() {
    meters.close();
  }
}
