package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** A durable queue. */
@ValidationRule(
    value = "self.type == oldSelf.type",
    message =
        "type is fixed when a queue is made; declare a queue of another name, move bindings and consumers to it, then remove this one")
@ValidationRule(
    value = "self.singleActiveConsumer == oldSelf.singleActiveConsumer",
    message = "singleActiveConsumer is fixed when a queue is made")
@ValidationRule(
    value = "self.type == 'quorum' || !has(self.deliveryLimit)",
    message = "deliveryLimit is for quorum queues only")
@ValidationRule(
    value = "self.type != 'classic' || !has(self.members)",
    message = "members is for quorum queues and streams only: a classic queue is on one node")
@ValidationRule(
    value = "self.type == 'stream' || !has(self.maxAge)",
    message = "maxAge is for streams only; a queue has messageTTL")
@ValidationRule(
    value =
        "self.type != 'stream' || !(has(self.messageTTL) || has(self.maxLength) || has(self.overflow) || has(self.deadLetter) || self.singleActiveConsumer)",
    message =
        "messageTTL, maxLength, overflow, deadLetter and singleActiveConsumer are not for streams; a stream has maxAge and maxLengthBytes")
public record QueueSpec(
    @Required
        @Size(min = 1, max = 255)
        @ValidationRule(
            value = "bytes(self).size() <= 255",
            message = "must be at most 255 bytes in UTF-8")
        @ValidationRule(
            value = "!self.startsWith('amq.')",
            message = "names that begin with 'amq.' belong to RabbitMQ")
        @JsonPropertyDescription(
            "The queue's name: any text of 1 to 255 bytes in UTF-8 that does not begin with 'amq.'.")
        String name,
    @Default("quorum")
        @JsonPropertyDescription(
            "quorum: replicated over several nodes, the safe choice. classic: on one node, lost with"
                + " it. stream: a replicated log that consumers read without removing. Cannot be"
                + " changed.")
        QueueType type,
    @Min(1)
        @Max(7)
        @JsonPropertyDescription(
            "On how many nodes the queue has a copy, 1 to 7; odd numbers are best. Never more than"
                + " there are nodes. Default 3. Quorum queues and streams only.")
        Integer members,
    @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 20)
        @JsonPropertyDescription(
            "How long a message may wait before it expires (and is dead-lettered, if deadLetter is"
                + " set), such as 30s, 1h or 7d. No limit when absent.")
        String messageTTL,
    @Min(1)
        @JsonPropertyDescription("The most messages that the queue holds. No limit when absent.")
        Long maxLength,
    @Size(max = 20)
        @ValidationRule(
            value = "isQuantity(self) && quantity(self).sign() == 1",
            message = "must be a size greater than zero, such as 10Gi or 500Mi")
        @JsonPropertyDescription(
            "The most bytes of message bodies that the queue holds, such as 500Mi. No limit when"
                + " absent.")
        String maxLengthBytes,
    @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 20)
        @JsonPropertyDescription(
            "Streams only: how long a message is kept, such as 7d. No limit when absent.")
        String maxAge,
    @JsonPropertyDescription(
            "What happens when maxLength or maxLengthBytes is reached: drop-head removes the oldest"
                + " message, reject-publish refuses the new one (a confirming publisher is told)."
                + " Default drop-head.")
        Overflow overflow,
    @JsonPropertyDescription(
            "Where a message goes that was rejected, expired, dropped for length, or delivered too"
                + " often. Such messages are lost when absent.")
        DeadLetterSpec deadLetter,
    @Min(0)
        @Max(1000000)
        @JsonPropertyDescription(
            "How often a message is delivered again after its consumer rejected it or died, before"
                + " it is dead-lettered or dropped. RabbitMQ's default is 20. Quorum queues only.")
        Integer deliveryLimit,
    @Default("false")
        @JsonPropertyDescription(
            "Only one consumer at a time gets messages; another takes over when it goes. Keeps the"
                + " order. Cannot be changed.")
        Boolean singleActiveConsumer,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "More queue arguments, by their RabbitMQ names (x-...). RabbitMQ fixes them when the"
                + " queue is made, and a client that declares the queue must then give the same"
                + " ones: prefer the fields above, which can be changed at any time.")
        Map<String, Object> arguments) {

  /** Makes absent arguments empty and an absent flag false. */
  public QueueSpec {
    arguments = arguments == null ? Map.of() : arguments;
    singleActiveConsumer = singleActiveConsumer != null && singleActiveConsumer;
  }

  /** The kinds of queue that RabbitMQ has. */
  public enum QueueType {
    @JsonProperty("quorum")
    QUORUM,
    @JsonProperty("classic")
    CLASSIC,
    @JsonProperty("stream")
    STREAM
  }

  /** What a full queue does. */
  public enum Overflow {
    @JsonProperty("drop-head")
    DROP_HEAD,
    @JsonProperty("reject-publish")
    REJECT_PUBLISH
  }
}
