package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.format.EventDeserializationException;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.rw.CloudEventRWException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Creates a CloudEvent from a message, which may already be one. */
final class EventFactory {
  static final String DEFAULT_TYPE = "dev.warren.message";

  // The AMQP binding of CloudEvents allows both; a header's name may not contain a colon in JMS.
  private static final String PREFIX = "cloudEvents[:_]";

  private final URI source;

  /**
   * @param source of messages that are not events already
   */
  EventFactory(URI source) {
    this.source = source;
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
  CloudEvent event(QueuedMessage message, Instant received) {
    try {
      return structured(message)
          .or(() -> binary(message))
          .orElseGet(() -> wrapped(message, received));
    } catch (CloudEventRWException | EventDeserializationException | IllegalStateException e) {
      return wrapped(message, received);
    }
  }

  /** An event whose attributes are in the body too. */
  private static Optional<CloudEvent> structured(QueuedMessage message) {
    return Optional.ofNullable(message.properties().getContentType())
        .map(EventFormatProvider.getInstance()::resolveFormat)
        .map(format -> format.deserialize(message.body()));
  }

  /** An event whose attributes are headers. */
  private static Optional<CloudEvent> binary(QueuedMessage message) {
    Map<String, String> attributes =
        message.headers().entrySet().stream()
            .filter(header -> header.getKey().matches(PREFIX + ".+"))
            .filter(header -> header.getValue() != null)
            .collect(
                Collectors.toMap(
                    header -> header.getKey().replaceFirst(PREFIX, ""),
                    header -> header.getValue().toString(),
                    (first, second) -> first));
    return Optional.ofNullable(attributes.remove("specversion"))
        .map(version -> CloudEventBuilder.fromSpecVersion(SpecVersion.parse(version)))
        .map(
            event -> {
              attributes.forEach(event::withContextAttribute);
              return data(event, message).build();
            });
  }

  private CloudEvent wrapped(QueuedMessage message, Instant received) {
    BasicProperties properties = message.properties();
    Instant time =
        Optional.ofNullable(properties.getTimestamp()).map(Date::toInstant).orElse(received);
    CloudEventBuilder event =
        CloudEventBuilder.v1()
            .withId(given(properties.getMessageId()).orElseGet(() -> UUID.randomUUID().toString()))
            .withSource(source)
            .withType(given(properties.getType()).orElse(DEFAULT_TYPE))
            .withTime(OffsetDateTime.ofInstant(time, ZoneOffset.UTC));
    given(message.routingKey()).ifPresent(event::withSubject);
    given(properties.getCorrelationId()).ifPresent(id -> event.withExtension("correlationid", id));
    return data(event, message).build();
  }

  private static CloudEventBuilder data(CloudEventBuilder event, QueuedMessage message) {
    given(message.properties().getContentType()).ifPresent(event::withDataContentType);
    return event.withData(message.body());
  }

  /** CloudEvents has no empty attributes. */
  private static Optional<String> given(String value) {
    return Optional.ofNullable(value).filter(text -> !text.isEmpty());
  }
}
