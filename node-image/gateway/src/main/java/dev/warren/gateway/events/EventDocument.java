package dev.warren.gateway.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A CloudEvent 1.0 as a JSON document. What is taken out of it stays as it was written: to read a
 * number and to write it again may change it.
 */
public final class EventDocument {

  /** The document's media type. */
  public static final String TYPE = "application/cloudevents+json";

  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern JSON_TYPE =
      Pattern.compile(" *[^/;]+/([^;]+\\+)?json *(;.*)?", Pattern.CASE_INSENSITIVE);
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final String DATA = "data";
  private static final String DATA_BASE64 = "data_base64";

  /**
   * A part of the document.
   *
   * @param raw as it is written there
   * @param text a text without its quotes and escapes; everything else as it is written
   */
  private record Member(JsonToken token, String raw, String text) {}

  private final String document;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final CloudEvent event;
  private int begin;

  private EventDocument(String document) throws InvalidEvent {
    this.document = document;
    read();
    CloudEvent withoutData = EventAttributes.event(attributes());
    Optional<byte[]> data = data(withoutData.getDataContentType());
    this.event =
        data.isEmpty()
            ? withoutData
            : CloudEventBuilder.from(withoutData)
                .withDataContentType(dataContentType(withoutData))
                .withData(data.get())
                .build();
  }

  /**
   * Reads a document.
   *
   * @throws InvalidEvent if it is not one CloudEvent 1.0
   */
  public static EventDocument of(byte[] json) throws InvalidEvent {
    try {
      // A parser of bytes would accept UTF-16 too, which the type does not allow.
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      return new EventDocument(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      throw new InvalidEvent("it is not in UTF-8");
    }
  }

  /** The event. Its data are the bytes that a request with the attributes in headers has. */
  public CloudEvent event() {
    return event;
  }

  /** Whether it has an attribute of this name, or data. */
  public boolean has(String name) {
    return members.containsKey(name);
  }

  /**
   * The same document with more attributes at its beginning.
   *
   * @param more texts, whole numbers and booleans, of names that it does not have
   */
  public byte[] with(Map<String, Object> more) {
    StringBuilder longer = new StringBuilder(document.substring(0, begin));
    more.forEach(
        (name, value) ->
            longer
                .append("\"%s\":".formatted(name))
                .append(value instanceof String text ? quoted(text) : value)
                .append(','));
    return longer.append(document, begin, document.length()).toString().getBytes(UTF_8);
  }

  private static String quoted(String text) {
    return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  private void read() throws InvalidEvent {
    try (JsonParser parser = JSON.createParser(document)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidEvent("it is not a JSON object");
      }
      begin = (int) parser.currentLocation().getCharOffset();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (members.put(name, member(parser)) != null) {
          throw new InvalidEvent("it has '%s' twice".formatted(EventAttributes.excerpt(name)));
        }
      }
      if (parser.nextToken() != null) {
        throw new InvalidEvent("there is more after the JSON object");
      }
    } catch (IOException e) {
      throw new InvalidEvent("it is not JSON");
    }
  }

  private Member member(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    int begin = (int) parser.currentTokenLocation().getCharOffset();
    String text = token == JsonToken.VALUE_STRING ? parser.getText() : null;
    parser.skipChildren();
    parser.finishToken();
    String raw = document.substring(begin, (int) parser.currentLocation().getCharOffset());
    return new Member(token, raw, text == null ? raw : text);
  }

  private Map<String, String> attributes() throws InvalidEvent {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (Map.Entry<String, Member> entry : members.entrySet()) {
      String name = entry.getKey();
      Member member = entry.getValue();
      if (!name.equals(DATA) && !name.equals(DATA_BASE64) && member.token != JsonToken.VALUE_NULL) {
        mustBeAttribute(name, member.token);
        attributes.put(name, member.text);
      }
    }
    return attributes;
  }

  private static void mustBeAttribute(String name, JsonToken token) throws InvalidEvent {
    boolean isAttribute =
        switch (token) {
          case VALUE_STRING -> true;
          case VALUE_NUMBER_INT, VALUE_TRUE, VALUE_FALSE -> !EventAttributes.isOwn(name);
          default -> false;
        };
    if (!isAttribute) {
      throw new InvalidEvent(
          "the attribute '%s' must be a text%s"
              .formatted(
                  EventAttributes.excerpt(name),
                  EventAttributes.isOwn(name) ? "" : ", a whole number, true or false"));
    }
  }

  private Optional<byte[]> data(String contentType) throws InvalidEvent {
    Member data = members.get(DATA);
    Member base64 = members.get(DATA_BASE64);
    if (data != null && base64 != null) {
      throw new InvalidEvent("it has both 'data' and 'data_base64'");
    }
    if (base64 != null) {
      return Optional.of(decoded(base64));
    }
    boolean isJson = isJson(contentType);
    if (data == null || data.token == JsonToken.VALUE_NULL && !isJson) {
      return Optional.empty();
    }
    boolean isText = data.token == JsonToken.VALUE_STRING && !isJson;
    return Optional.of(EventAttributes.utf8("the event's data", isText ? data.text : data.raw));
  }

  private static byte[] decoded(Member base64) throws InvalidEvent {
    try {
      if (base64.token == JsonToken.VALUE_STRING) {
        return Base64.getDecoder().decode(base64.text);
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidEvent("its 'data_base64' is not Base64");
    }
    throw new InvalidEvent("its 'data_base64' is not a text");
  }

  /** In JSON, data without a type are JSON. */
  private String dataContentType(CloudEvent withoutData) {
    String given = withoutData.getDataContentType();
    return given == null && members.containsKey(DATA) ? "application/json" : given;
  }

  private static boolean isJson(String contentType) {
    return contentType == null || JSON_TYPE.matcher(contentType).matches();
  }
}
