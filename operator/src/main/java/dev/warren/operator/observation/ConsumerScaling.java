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
 * How it stands with a consumer whose number of Pods follows the load.
 *
 * @param decision the last
 * @param knownAt when the load was last known; before that has been so, when it was first asked for
 * @param unknownBecause why it is not known now; empty when it is
 */
public record ConsumerScaling(
    ScalingDecision decision, Instant knownAt, Optional<String> unknownBecause) {

  /** A load that is unknown for so long is told. */
  private static final Duration WORTH_TELLING = Duration.ofSeconds(15);

  /** Whether the number of Pods has been left as it is for some time, for want of knowledge. */
  public boolean isHeld(Instant now) {
    return knownAt.plus(WORTH_TELLING).isBefore(now);
  }

  /** What a consumer's spec asks for. */
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
   * How many Pods a consumer shall have.
   *
   * @param deployment what runs of it: its number stays while there is no decision
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
