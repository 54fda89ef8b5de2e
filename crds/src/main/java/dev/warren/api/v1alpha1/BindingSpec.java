package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/**
 * A binding of an exchange to a queue. The three texts are the key of the list, which lets several
 * field managers own single bindings. The API server takes no default for a part of a key.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record BindingSpec(
    @Required
        @Size(min = 1, max = 255)
        @JsonPropertyDescription(
            "The exchange: one of this resource, or one of RabbitMQ's own, such as amq.topic.")
        String exchange,
    @Required @Size(min = 1, max = 255) @JsonPropertyDescription("The queue: one of this resource.")
        String queue,
    @Required
        @JsonInclude(JsonInclude.Include.ALWAYS)
        @Size(max = 255)
        @ValidationRule(value = Names.FITS, message = Names.FITS_MESSAGE)
        @JsonPropertyDescription(
            "Which messages reach the queue. direct: the exact routing key. topic: words with * (one"
                + " word) and # (any number of words). fanout and headers: without effect; usually"
                + " ''. Exchange, queue and routing key together must be unique, so several bindings"
                + " of a queue to a headers exchange need different routing keys.")
        String routingKey,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "Arguments of the binding. For a headers exchange: the headers to match, and x-match"
                + " (all or any).")
        Map<String, Object> arguments) {

  /** Makes absent arguments empty. */
  public BindingSpec {
    arguments = arguments == null ? Map.of() : arguments;
  }
}
