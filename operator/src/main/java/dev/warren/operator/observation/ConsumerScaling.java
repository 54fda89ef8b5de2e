package dev.warren.operator.observation;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.ScalingSpec;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.scaling.ScalingDecision;
import dev.warren.operator.scaling.ScalingPolicy;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The scaling of a consumer whose number of Pods follows the load.
 *
 * @param decision the last decision
 * @param knownAt when the load was last known; if it never was, when it was first queried
 * @param unknownBecause why the load is unknown now; empty when it is known
 */
public record ConsumerScaling(
    ScalingDecision decision, Instant knownAt, Optional<String> unknownBecause) {

  /** A load that is unknown for this long is reported. */
  private static final Duration WORTH_TELLING = Duration.ofSeconds(15);

  /** Whether the number of Pods has not changed for some time because the load is unknown. */
  public boolean isHeld(Instant now) {
    return knownAt.plus(WORTH_TELLING).isBefore(now);
  }

  /** The policy of a consumer's spec. */
  public static ScalingPolicy policy(ConsumerSpec consumer, List<QueueSpec> queues) {
    ScalingSpec scaling = consumer.scaling();
    return new ScalingPolicy(
        scaling.minReplicas(),
        scaling.maxReplicas(),
        Durations.parse(scaling.drainWithin()),
        Durations.parse(scaling.maxWait()),
        scaling.targetUtilization() / 100.0,
        scaling.initialRate(),
        ConsumerDeployment.prefetch(consumer),
        Durations.parse(scaling.cooldown()),
        Durations.parse(scaling.scaleInWindow()),
        scaling.maxScaleInPercent(),
        queues.stream()
            .anyMatch(
                queue ->
                    queue.name().equals(consumer.queue())
                        && Boolean.TRUE.equals(queue.singleActiveConsumer())));
  }

  /**
   * The desired number of a consumer's Pods.
   *
   * @param deployment the existing one: its number stays while there is no decision
   */
  public static int wantedReplicas(
      ConsumerSpec consumer, Optional<Deployment> deployment, Optional<ConsumerScaling> scaling) {
    ScalingSpec spec = consumer.scaling();
    if (spec == null) {
      return consumer.replicas();
    }
    int replicas =
        scaling
            .map(known -> known.decision().replicas())
            .or(() -> deployment.map(running -> running.getSpec().getReplicas()))
            .orElse(spec.minReplicas());
    return Math.clamp(replicas, spec.minReplicas(), spec.maxReplicas());
  }
}
