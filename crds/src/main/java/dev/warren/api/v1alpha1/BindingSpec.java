package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** A binding of an exchange to a queue. */
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
    @Default("\"\"")
        @Size(max = 255)
        @ValidationRule(value = Names.FITS, message = Names.FITS_MESSAGE)
        @JsonPropertyDescription(
            "Which messages reach the queue. direct: the exact routing key. topic: words with * (one"
                + " word) and # (any number of words). fanout and headers: not used.")
        String routingKey,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "Arguments of the binding. For a headers exchange: the headers to match, and x-match"
                + " (all or any).")
        Map<String, Object> arguments) {

  /** Makes absent values empty. */
  public BindingSpec {
    routingKey = routingKey == null ? "" : routingKey;
    arguments = arguments == null ? Map.of() : arguments;
  }
}
