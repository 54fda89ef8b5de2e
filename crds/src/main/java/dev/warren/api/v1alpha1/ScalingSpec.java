package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How the number of a consumer's Pods follows the load of its queue. */
@ValidationRule(
    value = "self.?minReplicas.orValue(0) <= self.?maxReplicas.orValue(10)",
    message = "minReplicas must not be greater than maxReplicas")
@JsonIgnoreProperties(ignoreUnknown = true)
public record ScalingSpec(
    @Default("0")
        @Min(0)
        @Max(1000)
        @JsonPropertyDescription(
            "The minimum number of Pods, 0 to 1000. With 0 the consumer has no Pod while"
                + " there is nothing to do, and the first message waits until one has started. It"
                + " is noticed at once if it comes by an endpoint, otherwise within some seconds.")
        Integer minReplicas,
    @Default("10")
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription("The maximum number of Pods, 1 to 1000.")
        Integer maxReplicas,
    @Default("60s")
        @Size(max = 30)
        @ValidationRule(
            value =
                Durations.IS_DURATION
                    + " && "
                    + Durations.SECONDS
                    + " >= 1 && "
                    + Durations.SECONDS
                    + " <= 86400",
            message = "must be a duration from 1s to 24h, such as 60s or 5m")
        @JsonPropertyDescription(
            "The time in which the backlog should be worked off, in addition to the"
                + " messages that arrive in that time: 1s to 24h. A shorter time means more Pods"
                + " for the same backlog.")
        String drainWithin,
    @Default("10s")
        @Size(max = 30)
        @ValidationRule(
            value = Durations.IS_DURATION + " && " + Durations.SECONDS + " <= 86400",
            message = "must be a duration of at most 24h, such as 10s")
        @JsonPropertyDescription(
            "How long a message may wait without more Pods being started for it, up to 24h."
                + " As many messages as arrive in this time do not count as backlog.")
        String maxWait,
    @Default("80")
        @Min(10)
        @Max(100)
        @JsonPropertyDescription(
            "How busy the Pods should be with arriving messages, in percent, 10 to 100. The"
                + " rest is a reserve for fluctuations: at 100 the queue grows with each of them.")
        Integer targetUtilization,
    @Default("10")
        // For a whole number the API server would round the bound of a schema down, to 0.
        @ValidationRule(
            value = "self >= 0.001 && self <= 1000000.0",
            message = "must be a number from 0.001 to 1000000")
        @JsonPropertyDescription(
            "How many messages per second one Pod is assumed to handle until that has been"
                + " measured: 0.001 to 1000000, whole or decimal.")
        Double initialRate,
    @Default("300s")
        @Size(max = 30)
        @ValidationRule(
            value = Durations.IS_DURATION + " && " + Durations.SECONDS + " <= 86400",
            message = "must be a duration of at most 24h, such as 10s")
        @JsonPropertyDescription(
            "The time without new messages after which the last Pod is removed, if minReplicas is"
                + " 0: up to 24h.")
        String cooldown,
    @Default("300s")
        @Size(max = 30)
        @ValidationRule(
            value = Durations.IS_DURATION + " && " + Durations.SECONDS + " <= 86400",
            message = "must be a duration of at most 24h, such as 10s")
        @JsonPropertyDescription(
            "How long fewer Pods must have been enough before one is removed: up to 24h."
                + " The highest need in this window counts, so that a load that comes in waves"
                + " does not start and stop Pods with each wave. If jobs take longer than"
                + " drainWithin, idle Pods are removed at once when none has arrived in one job's"
                + " time.")
        String scaleInWindow,
    @Default("25")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
            "The percentage of the Pods that may be removed per minute, 1 to 100; one Pod may"
                + " always be removed.")
        Integer maxScaleInPercent) {

  /** Applies the defaults. */
  public ScalingSpec {
    minReplicas = requireNonNullElse(minReplicas, 0);
    maxReplicas = requireNonNullElse(maxReplicas, 10);
    drainWithin = requireNonNullElse(drainWithin, "60s");
    maxWait = requireNonNullElse(maxWait, "10s");
    targetUtilization = requireNonNullElse(targetUtilization, 80);
    initialRate = requireNonNullElse(initialRate, 10.0);
    cooldown = requireNonNullElse(cooldown, "300s");
    scaleInWindow = requireNonNullElse(scaleInWindow, "300s");
    maxScaleInPercent = requireNonNullElse(maxScaleInPercent, 25);
  }
}
