package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Where dead letters go: directly to a queue, or to an exchange. */
@ValidationRule(
    value = "has(self.queue) != has(self.exchange)",
    message = "exactly one of queue and exchange must be set")
@ValidationRule(
    value = "has(self.exchange) || !has(self.routingKey)",
    message = "routingKey can be set only together with exchange")
@JsonIgnoreProperties(ignoreUnknown = true)
public record DeadLetterSpec(
    @Size(min = 1, max = 255)
        @JsonPropertyDescription("A queue of this resource that takes the dead letters.")
        String queue,
    @Size(min = 1, max = 255)
        @JsonPropertyDescription(
            "The exchange that the dead letters are published to: one of this resource, or"
                + " one of RabbitMQ's own.")
        String exchange,
    @Size(max = 255)
        @ValidationRule(value = Names.FITS, message = Names.FITS_MESSAGE)
        @JsonPropertyDescription(
            "The routing key for the exchange. If absent, each message keeps its own routing key.")
        String routingKey) {}
