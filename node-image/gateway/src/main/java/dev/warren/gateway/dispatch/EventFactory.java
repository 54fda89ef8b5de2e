package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.events.EventDocument;
import dev.warren.gateway.events.InvalidEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.rw.CloudEventRWException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Creates a CloudEvent from a message, which may already be one, with all that is sent with it. */
final class EventFactory {
  static final String DEFAULT_TYPE = "dev.warren.message";

  // The AMQP binding of CloudEvents allows both; a header's name may not contain a colon in JMS.
  private static final String PREFIX = "cloudEvents[:_]";

  private final URI source;
  private final ContentMode contentMode;

  /**
   * @param source of messages that are not events already
   * @param contentMode whether the event is a document, which must say all by itself
   */
  EventFactory(URI source, ContentMode contentMode) {
    this.source = source;
    this.contentMode = contentMode;
  }

  /** A virtual host and a queue; the default virtual host {@code /} is left out. */
  static URI source(String vhost, String queue) {
    return URI.create((vhost.equals("/") ? "" : "/" + segment(vhost)) + "/" + segment(queue));
  }

  private static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * The message's event. A message that claims to be an event but is invalid is delivered like any
   * other: the receiver decides.
   *
   * @param received when the message arrived, for messages without a time
   */
  OutgoingEvent event(QueuedMessage message, Instant received) {
    Optional<EventDocument> document = document(message);
    OutgoingEvent outgoing =
        document
            .map(structured -> structured(structured, message))
            .or(() -> binary(message))
            .orElseGet(() -> wrapped(message, received));
    if (contentMode == ContentMode.BINARY) {
      return outgoing;
    }
    return document
        .map(structured -> MessageAttributes.addedTo(structured, outgoing, message))
        .orElseGet(() -> MessageAttributes.addedTo(outgoing, message));
  }

  /** The message's body, if it is an event whose attributes are in the body too. */
  private static Optional<EventDocument> document(QueuedMessage message) {
    if (!EventDocument.TYPE.equals(mediaType(message.properties().getContentType()))) {
      return Optional.empty();
    }
    try {
      return Optional.of(EventDocument.of(message.body()));
    } catch (InvalidEvent e) {
      return Optional.empty();
    }
  }

  private static String mediaType(String contentType) {
    return given(contentType)
        .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .orElse("");
  }

  /** Its data is not encoded: it could be read. */
  private static OutgoingEvent structured(EventDocument document, QueuedMessage message) {
    return new OutgoingEvent(
        document.event(),
        Optional.empty(),
        Optional.empty(),
        MessageHeaders.of(message, header -> true));
  }

  /** An event whose attributes are headers. */
  private static Optional<OutgoingEvent> binary(QueuedMessage message) {
    try {
      return event(attributes(message))
          .map(
              event ->
                  new OutgoingEvent(
                      data(event, message).build(),
                      Optional.empty(),
                      given(message.properties().getContentEncoding()),
                      MessageHeaders.of(message, header -> !isAttribute(header))));
    } catch (CloudEventRWException | IllegalStateException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> attributes(QueuedMessage message) {
    Map<String, String> attributes = new HashMap<>();
    message.headers().entrySet().stream()
        .filter(header -> isAttribute(header.getKey()))
        .filter(header -> header.getValue() != null)
        .forEach(
            header ->
                HeaderValue.text(header.getValue())
                    .ifPresent(
                        text ->
                            attributes.putIfAbsent(
                                header.getKey().replaceFirst(PREFIX, ""), text)));
    return attributes;
  }

  private static Optional<CloudEventBuilder> event(Map<String, String> attributes) {
    return Optional.ofNullable(attributes.remove("specversion"))
        .map(
            version -> {
              CloudEventBuilder event =
                  CloudEventBuilder.fromSpecVersion(SpecVersion.parse(version));
              attributes.forEach(event::withContextAttribute);
              return event;
            });
  }

  /** Others, which CloudEvents does not allow, are headers like all others. */
  private static boolean isAttribute(String header) {
    return header.matches(PREFIX + "[a-z0-9]+");
  }

  private OutgoingEvent wrapped(QueuedMessage message, Instant received) {
    BasicProperties properties = message.properties();
    OffsetDateTime time =
        Optional.ofNullable(properties.getTimestamp())
            .map(Date::toInstant)
            .filter(HeaderValue::isExpressible)
            .map(EventFactory::utc)
            .orElseGet(() -> utc(received));
    CloudEventBuilder event =
        CloudEventBuilder.v1()
            .withId(given(properties.getMessageId()).orElseGet(() -> UUID.randomUUID().toString()))
            .withSource(source)
            .withType(given(properties.getType()).orElse(DEFAULT_TYPE))
            .withTime(time);
    given(message.routingKey()).ifPresent(event::withSubject);
    given(properties.getCorrelationId()).ifPresent(id -> event.withExtension("correlationid", id));
    return new OutgoingEvent(
        data(event, message).build(),
        Optional.empty(),
        given(properties.getContentEncoding()),
        MessageHeaders.of(message, header -> true));
  }

  private static OffsetDateTime utc(Instant time) {
    return OffsetDateTime.ofInstant(time, ZoneOffset.UTC);
  }

  private static CloudEventBuilder data(CloudEventBuilder event, QueuedMessage message) {
    given(message.properties().getContentType()).ifPresent(event::withDataContentType);
    return event.withData(message.body());
  }

  /** CloudEvents has no empty attributes. */
  private static Optional<String> given(String value) {
    return Optional.ofNullable(value).filter(text -> !text.isBlank());
  }
}
