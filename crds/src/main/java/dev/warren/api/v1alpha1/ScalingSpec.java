package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How many Pods a consumer has by the load of its queue. */
@ValidationRule(
    value = "self.minReplicas <= self.maxReplicas",
    message = "minReplicas must not be greater than maxReplicas")
@JsonIgnoreProperties(ignoreUnknown = true)
public record ScalingSpec(
    @Default("0")
        @Min(0)
        @Max(1000)
        @JsonPropertyDescription(
            "The least number of Pods, 0 to 1000. With 0 the consumer has no Pod while there is"
                + " nothing to do, and the first message waits until one has started: it is noticed at"
                + " once when it comes by an endpoint, and else within some seconds.")
        Integer minReplicas,
    @Default("10")
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription("The greatest number of Pods, 1 to 1000.")
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
            "In what time the messages that have piled up shall be worked off, besides those that"
                + " arrive meanwhile: 1s to 24h. The shorter, the more Pods a backlog brings.")
        String drainWithin,
    @Default("10s")
        @Size(max = 30)
        @ValidationRule(
            value = Durations.IS_DURATION + " && " + Durations.SECONDS + " <= 86400",
            message = "must be a duration of at most 24h, such as 10s")
        @JsonPropertyDescription(
            "How long a message may wait without more Pods being started for it, up to 24h: so many"
                + " messages as arrive in this time are no backlog.")
        String maxWait,
    @Default("80")
        @Min(10)
        @Max(100)
        @JsonPropertyDescription(
            "How busy the Pods shall be with what arrives, in percent, 10 to 100. The rest is for"
                + " fluctuations: at 100 a queue grows at each of them.")
        Integer targetUtilization,
    @Default("10")
        // For a whole number the API server would round the bound of a schema down, to 0.
        @ValidationRule(
            value = "self >= 0.001 && self <= 1000000.0",
            message = "must be a number from 0.001 to 1000000")
        @JsonPropertyDescription(
            "How many messages a second one Pod is taken to handle until that has been measured:"
                + " 0.001 to 1000000, whole or decimal.")
        Double initialRate,
    @Default("300s")
        @Size(max = 30)
        @ValidationRule(
            value = Durations.IS_DURATION + " && " + Durations.SECONDS + " <= 86400",
            message = "must be a duration of at most 24h, such as 10s")
        @JsonPropertyDescription(
            "How long nothing must have arrived before the last Pod goes, if minReplicas is 0: up to"
                + " 24h.")
        String cooldown,
    @Default("300s")
        @Size(max = 30)
        @ValidationRule(
            value = Durations.IS_DURATION + " && " + Durations.SECONDS + " <= 86400",
            message = "must be a duration of at most 24h, such as 10s")
        @JsonPropertyDescription(
            "For how long fewer Pods must have been enough before one goes: up to 24h. What was"
                + " needed at any time in this window is kept, so that a load that comes in waves"
                + " does not start and stop Pods with each.")
        String scaleInWindow,
    @Default("25")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
            "How many of the Pods may go in a minute, in percent, 1 to 100; one may go in any case.")
        Integer maxScaleInPercent) {}
