package dev.warren.operator;

import dev.warren.operator.scaling.ScalingDecision;
import dev.warren.operator.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Decisions about a consumer as they may come, whatever they were made by. */
public final class Decisions {

  private Decisions() {}

  /** So many Pods, for 123.4 messages a second and 5678 that wait. */
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

  /** Still so many Pods, since nothing is known. */
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
