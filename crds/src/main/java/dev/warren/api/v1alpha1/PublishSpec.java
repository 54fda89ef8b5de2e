package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The HTTP port that takes messages. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PublishSpec(
    @Default("8080")
        @Min(EndpointPorts.LOWEST)
        @Max(EndpointPorts.HIGHEST)
        @ValidationRule(value = EndpointPorts.FREE, message = EndpointPorts.FREE_MESSAGE)
        @JsonPropertyDescription(
            "The TCP port, 1024 to 65535. Another endpoint or the queue nodes themselves"
                + " must not use it.")
        Integer port,
    @Default("10s")
        @Size(max = 20)
        @ValidationRule(
            value =
                Durations.IS_DURATION
                    + " && self.matches('[1-9]') && "
                    + Durations.SECONDS
                    + " <= 600",
            message = "must be a duration above 0s and of at most 10m, such as 500ms or 5s")
        @JsonPropertyDescription(
            "How long to wait for the broker's confirm, such as 10s; above 0s, at most 10m."
                + " Without a confirm the answer is an error, and the message may have been"
                + " accepted nevertheless.")
        String timeout,
    @Default("1Mi")
        @Size(max = 20)
        @ValidationRule(
            value =
                Sizes.IS_SIZE
                    + " && "
                    + Sizes.QUANTITY
                    + ".compareTo(quantity('1')) >= 0 && "
                    + Sizes.QUANTITY
                    + ".compareTo(quantity('16Mi')) <= 0",
            message = "must be a size in bytes from 1 to 16Mi, such as 64Ki")
        @JsonPropertyDescription(
            "The largest message, in bytes, such as 1Mi; from 1 to 16Mi. Larger ones are refused.")
        String maxMessageSize,
    @Default("1000")
        @Min(1)
        @Max(10000)
        @JsonPropertyDescription(
            "How many messages of each queue node may wait for their confirm at the same time, 1"
                + " to 10000. Further ones are refused with 503 and Retry-After.")
        Integer maxInFlight) {}
