package dev.warren.operator.status;

import static dev.warren.operator.model.ConditionType.SCALING_ACTIVE;
import static dev.warren.operator.model.ConditionType.SCALING_LIMITED;
import static dev.warren.operator.status.Conditions.FALSE;
import static dev.warren.operator.status.Conditions.TRUE;
import static dev.warren.operator.status.Conditions.UNKNOWN;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.scaling.ScalingDecision;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The conditions of the consumers that follow their load, in the terms of a
 * HorizontalPodAutoscaler: whether they are scaled at all, and whether something keeps them from
 * having as many Pods as they need.
 */
final class ScalingConditions {

  private static final Problem NOT_MEASURED =
      new Problem(Reason.NOT_MEASURED_YET, "The load has not been measured yet");

  private final List<ConsumerSpec> scaled;
  private final Observation observed;

  ScalingConditions(List<ConsumerSpec> consumers, Observation observed) {
    this.scaled = consumers.stream().filter(consumer -> consumer.scaling() != null).toList();
    this.observed = observed;
  }

  /** Adds both, if there are such consumers. */
  void addTo(Conditions conditions) {
    if (!scaled.isEmpty()) {
      List<String> held = all(this::whyHeld);
      addActive(conditions, held);
      addLimited(conditions, held);
    }
  }

  private void addActive(Conditions conditions, List<String> held) {
    if (!held.isEmpty()) {
      conditions.add(SCALING_ACTIVE, FALSE, Reason.LOAD_UNKNOWN, StatusBuilder.joined(held));
    } else if (areMeasured()) {
      conditions.add(
          SCALING_ACTIVE,
          TRUE,
          Reason.FOLLOWING_LOAD,
          "The numbers of Pods of %d consumers follow their load".formatted(scaled.size()));
    } else if (!conditions.keepTrue(SCALING_ACTIVE)) {
      conditions.add(SCALING_ACTIVE, NOT_MEASURED);
    }
  }

  private void addLimited(Conditions conditions, List<String> held) {
    List<String> limits = all(this::limit);
    if (!limits.isEmpty()) {
      conditions.add(SCALING_LIMITED, TRUE, Reason.TOO_FEW_PODS, StatusBuilder.joined(limits));
    } else if (!held.isEmpty()) {
      conditions.add(SCALING_LIMITED, UNKNOWN, Reason.LOAD_UNKNOWN, StatusBuilder.joined(held));
    } else if (areMeasured() && areKnown()) {
      conditions.add(
          SCALING_LIMITED,
          FALSE,
          Reason.AS_NEEDED,
          "Every consumer can have the Pods that it needs");
    } else if (!conditions.keep(SCALING_LIMITED)) {
      conditions.add(SCALING_LIMITED, NOT_MEASURED);
    }
  }

  private Optional<String> whyHeld(ConsumerSpec consumer) {
    return scaling(consumer)
        .filter(scaling -> scaling.isHeld(observed.at()))
        .map(
            scaling ->
                "%s keeps its number of Pods: %s"
                    .formatted(
                        consumer.name(),
                        scaling.unknownBecause().orElse("The broker was not queried")));
  }

  /** Without figures, because they would change with every pass. */
  private Optional<String> limit(ConsumerSpec consumer) {
    return scaling(consumer)
        .filter(scaling -> !scaling.isHeld(observed.at()))
        .flatMap(
            scaling ->
                switch (scaling.decision().reason()) {
                  case AT_MAXIMUM ->
                      Optional.of(
                          "%s needs more Pods than its maxReplicas, %d"
                              .formatted(consumer.name(), consumer.scaling().maxReplicas()));
                  case INEFFECTIVE ->
                      Optional.of(
                          "%s is not scaled up for now: the last scale-up was ineffective"
                              .formatted(consumer.name()));
                  case SINGLE_ACTIVE_CONSUMER ->
                      Optional.of(
                          "%s needs more Pods, but its queue has a single active consumer"
                              .formatted(consumer.name()));
                  default -> Optional.empty();
                });
  }

  private boolean areMeasured() {
    return scaled.stream().allMatch(consumer -> scaling(consumer).isPresent());
  }

  private boolean areKnown() {
    return scaled.stream()
        .flatMap(consumer -> scaling(consumer).stream())
        .noneMatch(
            scaling -> scaling.decision().reason() == ScalingDecision.Reason.HOLDING_UNKNOWN);
  }

  private List<String> all(Function<ConsumerSpec, Optional<String>> what) {
    return scaled.stream().flatMap(consumer -> what.apply(consumer).stream()).toList();
  }

  private Optional<ConsumerScaling> scaling(ConsumerSpec consumer) {
    return observed.scaling().of(consumer.name());
  }
}
