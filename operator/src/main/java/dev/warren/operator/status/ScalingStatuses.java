package dev.warren.operator.status;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ScalingStatus;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.scaling.ScalingDecision;
import java.util.Optional;

/** The load of consumers whose numbers of Pods follow it, as a status reports it. */
final class ScalingStatuses {

  private static final ScalingStatus NOT_MEASURED =
      new ScalingStatus(null, null, null, null, "The load has not been measured yet", null);

  private final Observation observed;
  private final Counting counting;

  ScalingStatuses(Observation observed, Counting counting) {
    this.observed = observed;
    this.counting = counting;
  }

  /**
   * The status of one consumer; null when its number of Pods is fixed.
   *
   * @param wanted the desired number of Pods
   * @param last the previous status of the consumer; null if there is none
   */
  ScalingStatus of(ConsumerSpec consumer, int wanted, ConsumerStatus last) {
    if (consumer.scaling() == null) {
      return null;
    }
    ScalingStatus before = last == null || last.scaling() == null ? NOT_MEASURED : last.scaling();
    boolean scaled = last != null && last.scaling() != null && last.replicas() != wanted;
    Optional<ConsumerScaling> known = observed.scaling().of(consumer.name());
    boolean keep = known.isEmpty() || !(scaled || counting.isDue() || isFirst(before));
    String lastScaleTime = scaled ? observed.timestamp() : before.lastScaleTime();
    return keep
        ? new ScalingStatus(
            before.arrivalsPerSecond(),
            before.ratePerReplica(),
            before.backlog(),
            before.drainsIn(),
            before.reason(),
            lastScaleTime)
        : status(known.get().decision(), lastScaleTime);
  }

  private static boolean isFirst(ScalingStatus before) {
    return before.reason().equals(NOT_MEASURED.reason());
  }

  private static ScalingStatus status(ScalingDecision decision, String lastScaleTime) {
    return new ScalingStatus(
        decision.arrivals().isPresent()
            ? (Double) Counting.coarse(decision.arrivals().getAsDouble())
            : null,
        Counting.coarse(decision.ratePerReplica()),
        decision.backlog().isPresent()
            ? (Long) Counting.coarse(decision.backlog().getAsLong())
            : null,
        decision.drainsIn().map(time -> Counting.coarse(time.toSeconds()) + "s").orElse(null),
        decision.explanation(),
        lastScaleTime);
  }
}
