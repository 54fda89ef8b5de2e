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

/** The load of one consumer, and the scaling decisions that follow from it. Not thread-safe. */
final class ConsumerLoad implements AutoCloseable {

  private final String queue;
  private final BiFunction<ScalingPolicy, Sample, ScalingDecision> scaler;
  private final ConsumerMeters meters;
  private Instant knownAt;
  private ConsumerScaling scaling;
  private boolean held;
  private QueueReading lastReading;

  /**
   * @param scaler makes the decisions; it receives every sample
   * @param now the time of the first query for the load
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

  /** The consumer's scaling, once it has been sampled. */
  ConsumerScaling scaling() {
    return scaling;
  }

  /**
   * Takes a sample.
   *
   * @return whether the desired number of Pods has changed, a limit keeps it from changing now or
   *     no longer, or the load has become known again or unknown for long
   */
  boolean sample(ScalingPolicy policy, Deployment deployment, QueueReading reading, Instant now) {
    int before = wanted(deployment);
    boolean wasHeld = held;
    boolean wasLimited = isLimited();
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
    return decision.replicas() != before || held != wasHeld || isLimited() != wasLimited;
  }

  private boolean isLimited() {
    return scaling != null && scaling.decision().isLimited();
  }

  /** Whether no replica is desired, so that a gateway should report the next message. */
  boolean isAsleep() {
    return scaling != null && scaling.decision().replicas() == 0;
  }

  /**
   * Assumes that a message has arrived that the broker does not count yet. If the load is unknown,
   * it stays unknown. Existing replicas will show the message in their load.
   *
   * @return whether replicas are desired now
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

  /** The last decision counts, not somebody else's change: a pass reverts that. */
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
