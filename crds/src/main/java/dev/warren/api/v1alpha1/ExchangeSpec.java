package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** A durable exchange. */
@ValidationRule(
    value = "self.type == oldSelf.type",
    message =
        "type is fixed when an exchange is made; declare an exchange of another name, move the bindings to it, then remove this one")
public record ExchangeSpec(
    @Required
        @Size(min = 1, max = 255)
        @ValidationRule(
            value = "bytes(self).size() <= 255",
            message = "must be at most 255 bytes in UTF-8")
        @ValidationRule(
            value = "!self.startsWith('amq.')",
            message = "names that begin with 'amq.' belong to RabbitMQ")
        @JsonPropertyDescription(
            "The exchange's name: any text of 1 to 255 bytes in UTF-8 that does not begin with"
                + " 'amq.'.")
        String name,
    @Default("direct")
        @Pattern("^(direct|fanout|topic|headers|x-[a-z0-9-]+)$")
        @Size(max = 100)
        @JsonPropertyDescription(
            "direct, fanout, topic or headers, or a type that a plugin adds, such as"
                + " x-consistent-hash. Cannot be changed.")
        String type,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "Arguments of the exchange, such as alternate-exchange. RabbitMQ fixes them when the"
                + " exchange is made.")
        Map<String, Object> arguments) {

  /** Makes absent arguments empty. */
  public ExchangeSpec {
    arguments = arguments == null ? Map.of() : arguments;
  }
}
