package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** A durable queue. */
@ValidationRule(
    fieldPath = ".type",
    // Two defaulted types cannot be compared: the API server estimates the cost of an unbounded
    // text.
    value =
        "(has(self.type) && has(oldSelf.type) ? self.type == oldSelf.type : self"
            + QueueSpec.TYPE
            + " == 'quorum' && oldSelf"
            + QueueSpec.TYPE
            + " == 'quorum') || "
            + QueueSpec.MAY_BE_MIGRATED,
    message = QueueSpec.IS_FIXED)
@ValidationRule(
    fieldPath = ".singleActiveConsumer",
    value =
        "self"
            + QueueSpec.SINGLE
            + " == oldSelf"
            + QueueSpec.SINGLE
            + " || "
            + QueueSpec.MAY_BE_MIGRATED,
    message = QueueSpec.IS_FIXED)
@ValidationRule(
    fieldPath = ".deliveryLimit",
    value = "self" + QueueSpec.TYPE + " == 'quorum' || !has(self.deliveryLimit)",
    message = "is for quorum queues only")
@ValidationRule(
    fieldPath = ".members",
    value = "self" + QueueSpec.TYPE + " != 'classic' || !has(self.members)",
    message = "is for quorum queues and streams only; a classic queue is on one node")
@ValidationRule(
    fieldPath = ".maxAge",
    value = "self" + QueueSpec.TYPE + " == 'stream' || !has(self.maxAge)",
    message = "is for streams only; use messageTTL for other queues")
@ValidationRule(
    fieldPath = ".messageTTL",
    value = "self" + QueueSpec.TYPE + " != 'stream' || !has(self.messageTTL)",
    message = "is not for streams; use maxAge")
@ValidationRule(
    fieldPath = ".maxLength",
    value = "self" + QueueSpec.TYPE + " != 'stream' || !has(self.maxLength)",
    message = "is not for streams; use maxLengthBytes")
@ValidationRule(
    fieldPath = ".overflow",
    value = "self" + QueueSpec.TYPE + " != 'stream' || !has(self.overflow)",
    message = "is not for streams, which always drop the oldest messages")
@ValidationRule(
    fieldPath = ".deadLetter",
    value = "self" + QueueSpec.TYPE + " != 'stream' || !has(self.deadLetter)",
    message = "is not for streams, which keep messages when they are consumed")
@ValidationRule(
    fieldPath = ".singleActiveConsumer",
    value = "self" + QueueSpec.TYPE + " != 'stream' || !self" + QueueSpec.SINGLE,
    message = "is not for streams; their clients ask for it when they subscribe")
@ValidationRule(
    fieldPath = ".immutableChanges",
    value =
        "!has(self.immutableChanges) || self.immutableChanges != 'Migrate'"
            + " || bytes(self.name).size() <= 240",
    message =
        "cannot be Migrate for a name of more than 240 bytes, because a migration moves the"
            + " messages to a queue named 'warren.shelter.<name>'")
@ValidationRule(
    fieldPath = ".renamedFrom",
    value = "self" + QueueSpec.TYPE + " != 'stream' || !has(self.renamedFrom)",
    message = "is not for streams")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record QueueSpec(
    @Required
        @Size(min = 1, max = 255)
        @ValidationRule(value = Names.FITS, message = Names.FITS_MESSAGE)
        @ValidationRule(value = Names.NOT_RESERVED, message = Names.NOT_RESERVED_MESSAGE)
        @ValidationRule(
            value = "!self.startsWith('warren.shelter.')",
            message =
                "must not begin with 'warren.shelter.', which is reserved for queues of migrations")
        @ValidationRule(value = Names.ADDRESSABLE, message = Names.ADDRESSABLE_MESSAGE)
        @JsonPropertyDescription(
            "The queue's name: any text of 1 to 255 bytes in UTF-8 without line breaks and the"
                + " character 0 that does not begin with 'amq.' or 'warren.shelter.'.")
        String name,
    @Size(min = 1, max = 240)
        @ValidationRule(
            value = "bytes(self).size() <= 240",
            message = "must be at most 240 bytes in UTF-8")
        @JsonPropertyDescription(
            "The former name of this queue, which this resource no longer declares. All messages of"
                + " the queue with that name are moved here, also those that still arrive there."
                + " That queue stays as long as this field is set, so that nothing is lost that"
                + " clients publish to the former name; after that, its onDelete decides. Not for"
                + " streams.")
        String renamedFrom,
    @Default("quorum")
        @JsonPropertyDescription(
            "quorum: replicated over several nodes, the safe choice. classic: on one node, lost"
                + " with it. stream: a replicated log that consumers read without removing"
                + " messages. A client that declares a classic queue or a stream must give its"
                + " x-queue-type, or declare it passively: RabbitMQ takes quorum for granted."
                + " immutableChanges controls whether the type can change.")
        QueueType type,
    @Min(1)
        @Max(7)
        @JsonPropertyDescription(
            "How many members the queue has, each on another node: 1 to 7; odd numbers are best."
                + " Never more than there are nodes. Quorum queues and streams only.")
        Integer members,
    @Size(max = 20)
        @ValidationRule(
            value = Durations.IS_DURATION + " && " + Durations.SECONDS + " <= 4233600",
            message = "must be a duration of at most 49d, such as 500ms, 30s, 1h30m or 7d")
        @JsonPropertyDescription(
            "How long a message may wait before it expires (and is dead-lettered, if"
                + " deadLetter is set), such as 30s, 1h or 7d. At most 49d; 0s drops messages that"
                + " no consumer can take at once. No limit when absent.")
        String messageTTL,
    @Min(1)
        @JsonPropertyDescription("The most messages that the queue holds. No limit when absent.")
        Long maxLength,
    @Size(max = 20)
        @ValidationRule(
            value = Sizes.IS_SIZE + " && " + Sizes.QUANTITY + ".compareTo(quantity('1')) >= 0",
            message = "must be a size in bytes of at least 1, such as 10Gi or 500Mi")
        @JsonPropertyDescription(
            "The most bytes of message bodies that the queue holds, such as 500Mi. No limit when"
                + " absent. A stream removes its oldest segment when a new one begins, so it may"
                + " hold one segment more. A segment is a tenth of this size, but at least 1Mi and"
                + " at most 500M, unless arguments has x-stream-max-segment-size-bytes.")
        String maxLengthBytes,
    @Size(max = 20)
        @ValidationRule(
            value =
                Durations.IS_DURATION
                    + " && !self.endsWith('ms') && "
                    + Durations.SECONDS
                    + " >= 1",
            message =
                "must be a duration in whole seconds from 1s to 9999d, such as 30s, 1h30m or 7d")
        @JsonPropertyDescription(
            "Streams only: how long a message is kept, such as 7d. No limit when absent. A segment"
                + " is removed when all its messages are older. RabbitMQ looks when a new segment"
                + " begins and once an hour, and the newest segment always stays. A segment is 16Mi"
                + " without maxLengthBytes, unless arguments has x-stream-max-segment-size-bytes.")
        String maxAge,
    @JsonPropertyDescription(
            "What happens when maxLength or maxLengthBytes is reached: drop-head removes the"
                + " oldest message, reject-publish refuses the new one (publishers with confirms"
                + " get a nack). For a quorum queue with deadLetter and without a limit,"
                + " drop-head selects at-most-once dead-lettering.")
        Overflow overflow,
    @JsonPropertyDescription(
            "Where messages go that were rejected without requeue, expired, dropped for"
                + " length, or redelivered too often. Without it they are dropped. A quorum queue"
                + " keeps a dead letter until it is delivered, unless overflow drops the oldest"
                + " messages at a length limit. Dead letters of other queues can be lost.")
        DeadLetterSpec deadLetter,
    @Min(0)
        @Max(1000000)
        @JsonPropertyDescription(
            "How often a message is redelivered after its consumer rejected it, failed or lost its"
                + " connection, before it is dead-lettered or dropped; basic.nack does not"
                + " count. Quorum queues only.")
        Integer deliveryLimit,
    @Default("false")
        @JsonPropertyDescription(
            "Only one consumer at a time gets messages; another takes over when it stops. Keeps"
                + " the order, if a consumer that stops settles its messages before it cancels. A"
                + " client that declares the queue must give x-single-active-consumer: true, or"
                + " declare it passively. immutableChanges controls whether this can change.")
        Boolean singleActiveConsumer,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "More queue arguments, by their RabbitMQ names (x-...). RabbitMQ fixes them"
                + " when the queue is declared, and a client that declares the queue must then"
                + " give the same ones, or declare it passively. Prefer fields such as messageTTL and maxLength, which can"
                + " be changed at any time. An argument for the setting of a field cannot be set"
                + " together with that field. An exchange or queue that an argument names must be"
                + " declared in this resource, or be one of RabbitMQ's own.")
        Map<String, Object> arguments,
    @Default("DeleteIfEmpty")
        @JsonPropertyDescription(
            "What happens to the queue when it is removed from this resource. Its bindings"
                + " and its consumers in this resource are removed first in any case."
                + " DeleteIfEmpty: it is deleted when it has no messages, no unacknowledged"
                + " messages and no consumers; until then it stays, and status.retained lists it."
                + " A stream keeps its messages, so it stays. Delete: it is deleted with its"
                + " messages. Retain: it stays. The last value that the queue had in this resource"
                + " counts. A queue that existed in the broker before belongs to this resource"
                + " once it is declared here. When the whole resource is deleted,"
                + " spec.nodes.storage.onDelete decides.")
        QueueDeletion onDelete,
    @Default("Refuse")
        @JsonPropertyDescription(
            "What happens on a change of type, singleActiveConsumer or arguments, which"
                + " RabbitMQ does not allow while the queue exists. Refuse: nothing changes, and"
                + " the status says why. Migrate: the queue is recreated and keeps its messages."
                + " They are moved to another queue; then all clients are disconnected and locked"
                + " out for a few seconds while the queue is deleted and declared; then the"
                + " messages are moved back. No confirmed message is lost. A message may be"
                + " delivered twice, and the order is not kept. Not for streams.")
        ImmutableChanges immutableChanges) {

  /** For rules: the type of self, or of oldSelf. */
  static final String TYPE = ".?type.orValue('quorum')";

  /** For rules: whether self, or oldSelf, has a single active consumer. */
  static final String SINGLE = ".?singleActiveConsumer.orValue(false)";

  static final String MAY_BE_MIGRATED =
      "(self.?immutableChanges.orValue('Refuse') == 'Migrate' && self"
          + QueueSpec.TYPE
          + " != 'stream' && oldSelf"
          + QueueSpec.TYPE
          + " != 'stream')";

  static final String IS_FIXED =
      "cannot be changed, because RabbitMQ fixes it when the queue is declared; set"
          + " immutableChanges: Migrate to recreate the queue (not for streams), or declare a"
          + " queue of another name, move bindings and consumers to it, then remove this one";

  /** Makes absent arguments empty, and applies the defaults. */
  public QueueSpec {
    arguments = arguments == null ? Map.of() : arguments;
    type = requireNonNullElse(type, QueueType.QUORUM);
    singleActiveConsumer = requireNonNullElse(singleActiveConsumer, false);
    onDelete = requireNonNullElse(onDelete, QueueDeletion.DeleteIfEmpty);
    immutableChanges = requireNonNullElse(immutableChanges, ImmutableChanges.Refuse);
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

  /** What happens to a queue that is removed from the resource. */
  public enum QueueDeletion {
    Delete,
    DeleteIfEmpty,
    Retain
  }

  /** What happens on a change that RabbitMQ does not allow while the queue exists. */
  public enum ImmutableChanges {
    Refuse,
    Migrate
  }

  /** What a full queue does. */
  public enum Overflow {
    @JsonProperty("drop-head")
    DROP_HEAD,
    @JsonProperty("reject-publish")
    REJECT_PUBLISH
  }
}
