package dev.warren.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.broker.Message;
import dev.warren.gateway.events.EventAttributes;
import dev.warren.gateway.events.EventDocument;
import dev.warren.gateway.events.InvalidEvent;
import io.cloudevents.CloudEvent;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * CloudEvents 1.0 from HTTP to AMQP, as both bindings say. The AMQP binding is for AMQP 1.0; its
 * application properties are headers in AMQP 0-9-1.
 */
final class CloudEventMessages {

  private static final String SPEC_VERSION_HEADER = "ce-specversion";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final String ATTRIBUTE_PREFIX = "cloudEvents:";

  private static final JsonFactory JSON = new JsonFactory();

  /** In bytes; parsed JSON takes several times as much memory. */
  static final int LONGEST_JSON = 1024 * 1024;

  private CloudEventMessages() {}

  static boolean areIn(MultiMap headers) {
    String mediaType = mediaType(headers);
    return isBatch(headers)
        || mediaType.equals(EventDocument.TYPE)
        || headers.contains(SPEC_VERSION_HEADER);
  }

  /** Whether they are in a JSON array. */
  static boolean isBatch(MultiMap headers) {
    return mediaType(headers).equals(BATCH);
  }

  /**
   * The messages of a request that has events.
   *
   * @param properties the other properties of the messages
   * @throws HttpProblem 400 if one is not an event, 413 if there is too much JSON
   */
  static List<Message> of(
      Destination destination, BasicProperties properties, MultiMap headers, Buffer body)
      throws HttpProblem {
    boolean isBatch = isBatch(headers);
    boolean isStructured = mediaType(headers).equals(EventDocument.TYPE);
    if ((isBatch || isStructured) && body.length() > LONGEST_JSON) {
      throw HttpProblem.tooLarge(
          "events in JSON must not be longer than %d bytes".formatted(LONGEST_JSON));
    }
    if (isBatch) {
      return batch(destination, properties, eventsIn(body));
    }
    if (isStructured) {
      return List.of(structured(destination, properties, body.getBytes()));
    }
    return List.of(binary(destination, properties, new RequestHeaders(headers), body));
  }

  private static List<Message> batch(
      Destination destination, BasicProperties properties, List<byte[]> events) throws HttpProblem {
    List<Message> messages = new ArrayList<>();
    for (byte[] event : events) {
      try {
        messages.add(structured(destination, properties, event));
      } catch (HttpProblem problem) {
        throw problem.inEvent(messages.size());
      }
    }
    return messages;
  }

  /** The event is only read, and stays unchanged. */
  private static Message structured(
      Destination destination, BasicProperties properties, byte[] json) throws HttpProblem {
    try {
      CloudEvent event = EventDocument.of(json).event();
      BasicProperties known =
          properties.builder().messageId(idOf(event)).contentType(EventDocument.TYPE).build();
      return HttpMessages.message(destination, known, json);
    } catch (InvalidEvent e) {
      throw notAnEvent(e);
    }
  }

  private static Message binary(
      Destination destination, BasicProperties properties, RequestHeaders headers, Buffer body)
      throws HttpProblem {
    Map<String, String> attributes = AttributeHeaders.of(headers);
    try {
      BasicProperties known =
          properties
              .builder()
              .messageId(idOf(EventAttributes.event(attributes)))
              .headers(withAttributes(properties.getHeaders(), attributes))
              .build();
      return HttpMessages.message(destination, known, body.getBytes());
    } catch (InvalidEvent e) {
      throw notAnEvent(e);
    }
  }

  /** Attributes become headers, except the content type, for which AMQP has a property. */
  private static Map<String, Object> withAttributes(
      Map<String, Object> headers, Map<String, String> attributes) throws HttpProblem {
    Map<String, Object> all = new HashMap<>(headers);
    attributes.forEach(
        (name, value) -> {
          if (!name.equals("datacontenttype")) {
            all.put(ATTRIBUTE_PREFIX + name, value);
          }
        });
    HttpMessages.mustBeNames(all.keySet());
    return all;
  }

  private static HttpProblem notAnEvent(InvalidEvent why) {
    return HttpProblem.badRequest("this is not a CloudEvent: " + why.getMessage());
  }

  private static String idOf(CloudEvent event) throws HttpProblem {
    return HttpMessages.property("the event's id", event.getId());
  }

  /** The bytes of each event as they came, because rewriting a number could change it. */
  private static List<byte[]> eventsIn(Buffer body) throws HttpProblem {
    byte[] json = body.getBytes();
    List<byte[]> events = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(json)) {
      boolean isArray = parser.nextToken() == JsonToken.START_ARRAY;
      while (isArray && parser.nextToken() == JsonToken.START_OBJECT) {
        int begin = offset(parser.currentTokenLocation());
        parser.skipChildren();
        events.add(Arrays.copyOfRange(json, begin, offset(parser.currentLocation())));
      }
      if (isArray && parser.currentToken() != null && parser.currentToken().isScalarValue()) {
        throw HttpProblem.badRequest("this is not a JSON object").inEvent(events.size());
      }
      boolean isWhole = parser.currentToken() == JsonToken.END_ARRAY && parser.nextToken() == null;
      if (!isWhole) {
        throw HttpProblem.badRequest("a batch must be a JSON array of events");
      }
      return events;
    } catch (IOException e) {
      throw HttpProblem.badRequest("the batch is not JSON");
    }
  }

  private static int offset(JsonLocation location) throws HttpProblem {
    if (location.getByteOffset() < 0) {
      throw HttpProblem.badRequest("the batch is not in UTF-8");
    }
    return (int) location.getByteOffset();
  }

  /** Without its parameters. */
  private static String mediaType(MultiMap headers) {
    String contentType = headers.get(HttpHeaders.CONTENT_TYPE);
    return contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}
