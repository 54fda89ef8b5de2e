package dev.warren.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.broker.Message;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.CloudEventUtils;
import io.cloudevents.core.format.EventDeserializationException;
import io.cloudevents.http.vertx.VertxMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.rw.CloudEventContextWriter;
import io.cloudevents.rw.CloudEventRWException;
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
  private static final JsonFormat EVENT_JSON = new JsonFormat();
  private static final byte[] NOTHING = {};

  /** In bytes; parsed JSON takes several times as much memory. */
  private static final int LONGEST_JSON = 1024 * 1024;

  private CloudEventMessages() {}

  static boolean areIn(MultiMap headers) {
    String mediaType = mediaType(headers);
    return isBatch(headers)
        || mediaType.equals(JsonFormat.CONTENT_TYPE)
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
   * @throws HttpProblem 400 if it has none, 413 if there is too much JSON
   */
  static List<Message> of(
      Destination destination, BasicProperties properties, MultiMap headers, Buffer body)
      throws HttpProblem {
    boolean isBatch = isBatch(headers);
    boolean isStructured = mediaType(headers).equals(JsonFormat.CONTENT_TYPE);
    if ((isBatch || isStructured) && body.length() > LONGEST_JSON) {
      throw HttpProblem.tooLarge(
          "events in JSON must not be longer than %d bytes".formatted(LONGEST_JSON));
    }
    try {
      if (isBatch) {
        List<Message> messages = new ArrayList<>();
        for (byte[] event : eventsIn(body)) {
          messages.add(structured(destination, properties, event));
        }
        return messages;
      }
      if (isStructured) {
        return List.of(structured(destination, properties, body.getBytes()));
      }
      return List.of(binary(destination, properties, headers, body));
    } catch (CloudEventRWException | EventDeserializationException | IllegalStateException e) {
      throw HttpProblem.badRequest("this is not a CloudEvent: " + e.getMessage());
    }
  }

  /** The event is only read, and stays unchanged. */
  private static Message structured(
      Destination destination, BasicProperties properties, byte[] json) throws HttpProblem {
    CloudEvent event = EVENT_JSON.deserialize(json);
    if (event == null) {
      throw HttpProblem.badRequest("this is not a CloudEvent: null");
    }
    BasicProperties known =
        properties.builder().messageId(idOf(event)).contentType(JsonFormat.CONTENT_TYPE).build();
    return HttpMessages.message(destination, known, json);
  }

  private static Message binary(
      Destination destination, BasicProperties properties, MultiMap headers, Buffer body)
      throws HttpProblem {
    CloudEvent event =
        VertxMessageFactory.createReader(AttributeHeaders.decoded(headers), body).toEvent();
    Map<String, Object> amqpHeaders = new HashMap<>(properties.getHeaders());
    amqpHeaders.put(ATTRIBUTE_PREFIX + "specversion", event.getSpecVersion().toString());
    CloudEventUtils.toContextReader(event).readContext(new Attributes(amqpHeaders));
    HttpMessages.mustBeNames(amqpHeaders.keySet());
    BasicProperties known =
        properties
            .builder()
            .messageId(idOf(event))
            .contentType(HttpMessages.property("datacontenttype", event.getDataContentType()))
            .headers(amqpHeaders)
            .build();
    CloudEventData data = event.getData();
    return HttpMessages.message(destination, known, data == null ? NOTHING : data.toBytes());
  }

  /** Attributes become headers, except the content type, for which AMQP has a property. */
  private record Attributes(Map<String, Object> amqpHeaders) implements CloudEventContextWriter {

    @Override
    public CloudEventContextWriter withContextAttribute(String name, String value) {
      if (!name.equals("datacontenttype")) {
        amqpHeaders.put(ATTRIBUTE_PREFIX + name, value);
      }
      return this;
    }
  }

  private static String idOf(CloudEvent event) throws HttpProblem {
    if (event.getSpecVersion() != SpecVersion.V1) {
      throw HttpProblem.badRequest("only CloudEvents of version 1.0 are accepted");
    }
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
      boolean isWhole = parser.currentToken() == JsonToken.END_ARRAY && parser.nextToken() == null;
      if (events.isEmpty() || !isWhole) {
        throw HttpProblem.badRequest("a batch must be a JSON array of at least one event");
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
