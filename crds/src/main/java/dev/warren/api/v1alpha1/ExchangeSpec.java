package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** A durable exchange. */
@ValidationRule(
    fieldPath = ".type",
    value =
        "has(self.type) && has(oldSelf.type) ? self.type == oldSelf.type"
            + " : self.?type.orValue('direct') == 'direct'"
            + " && oldSelf.?type.orValue('direct') == 'direct'",
    message =
        "cannot be changed, because RabbitMQ fixes it when the exchange is declared; declare an"
            + " exchange of another name, move the bindings to it, then remove this one")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ExchangeSpec(
    @Required
        @Size(min = 1, max = 255)
        @ValidationRule(value = Names.FITS, message = Names.FITS_MESSAGE)
        @ValidationRule(value = Names.NOT_RESERVED, message = Names.NOT_RESERVED_MESSAGE)
        @ValidationRule(value = Names.ADDRESSABLE, message = Names.ADDRESSABLE_MESSAGE)
        @JsonPropertyDescription(
            "The exchange's name: any text of 1 to 255 bytes in UTF-8 without line breaks and the"
                + " character 0 that does not begin with 'amq.'.")
        String name,
    @Default("direct")
        @Size(max = 100)
        @ValidationRule(
            value = "self.matches('^(direct|fanout|topic|headers|x-[a-z0-9-]+)$')",
            message =
                "must be direct, fanout, topic or headers, or the name of a plugin's type, such as x-consistent-hash")
        @JsonPropertyDescription(
            "direct, fanout, topic or headers, or a type that a plugin adds, such as"
                + " x-consistent-hash. Cannot be changed.")
        String type,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "Arguments of the exchange, such as alternate-exchange, which must be an exchange of"
                + " this resource or one of RabbitMQ's own. RabbitMQ fixes them when the exchange"
                + " is declared: they cannot be changed. A client that declares the exchange must"
                + " give the same alternate-exchange, or declare it passively.")
        Map<String, Object> arguments) {

  /** Makes absent arguments empty, and applies the default type. */
  public ExchangeSpec {
    type = requireNonNullElse(type, "direct");
    arguments = arguments == null ? Map.of() : arguments;
  }
}
