package dev.warren.operator;

import dev.warren.operator.scaling.ScalingDecision;
import dev.warren.operator.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Scaling decisions, such as the load sampler may return. */
public final class Decisions {

  private Decisions() {}

  /** A number of Pods, for 123.4 messages a second and a backlog of 5678. */
  public static ScalingDecision of(int replicas) {
    return new ScalingDecision(
        replicas,
        Reason.STEADY,
        "load for " + replicas,
        OptionalDouble.of(123.4),
        25.26,
        OptionalLong.of(5678),
        Optional.of(Duration.ofSeconds(47)));
  }

  /** As many as allowed, which are fewer than needed. */
  public static ScalingDecision limited(int replicas) {
    ScalingDecision enough = of(replicas);
    return new ScalingDecision(
        replicas,
        Reason.AT_MAXIMUM,
        enough.explanation(),
        enough.arrivals(),
        enough.ratePerReplica(),
        enough.backlog(),
        enough.drainsIn());
  }

  /** The same number of Pods, because the load is unknown. */
  public static ScalingDecision holding(int replicas) {
    return new ScalingDecision(
        replicas,
        Reason.HOLDING_UNKNOWN,
        "nothing known",
        OptionalDouble.empty(),
        25.26,
        OptionalLong.empty(),
        Optional.empty());
  }
}
