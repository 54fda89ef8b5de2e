package dev.warren.gateway.events;

import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.rw.CloudEventRWException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/** Checks the attributes of a CloudEvent 1.0. */
public final class EventAttributes {

  private static final String VERSION = "specversion";
  private static final Set<String> NEVER_EMPTY =
      Set.of("id", "source", "type", "subject", "dataschema");

  /** The library also accepts times without seconds or without minutes in the offset. */
  private static final String RFC_3339 =
      "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d)";

  private static final String MEDIA_TYPE = "[^/;\\s]+/[^/;\\s]+\\s*(;.*)?";

  private static final int EXCERPT = 60;

  private EventAttributes() {}

  /**
   * The event that has these attributes, and no data.
   *
   * @param attributes by name, with the version
   * @throws InvalidEvent with the attribute that is missing or wrong
   */
  public static CloudEvent event(Map<String, String> attributes) throws InvalidEvent {
    for (String required : SpecVersion.V1.getMandatoryAttributes()) {
      if (!attributes.containsKey(required)) {
        throw new InvalidEvent("the attribute '%s' is missing".formatted(required));
      }
    }
    if (!attributes.get(VERSION).equals(SpecVersion.V1.toString())) {
      throw new InvalidEvent("only CloudEvents of version 1.0 are accepted");
    }
    CloudEventBuilder event = CloudEventBuilder.v1();
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      if (!attribute.getKey().equals(VERSION)) {
        add(event, attribute.getKey(), attribute.getValue());
      }
    }
    return event.build();
  }

  /** Whether it is one of CloudEvents' own attributes, which are texts, and not an extension. */
  static boolean isOwn(String name) {
    return SpecVersion.V1.getAllAttributes().contains(name);
  }

  /**
   * The text in UTF-8.
   *
   * @throws InvalidEvent if it has half a character: an escape of JSON may be so
   */
  static byte[] utf8(String what, String text) throws InvalidEvent {
    try {
      var encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new InvalidEvent(what + " has half a character, which cannot be sent as UTF-8");
    }
  }

  private static void add(CloudEventBuilder event, String name, String value) throws InvalidEvent {
    if (!name.matches("[a-z0-9]+") || name.equals("data")) {
      throw new InvalidEvent(
          "'%s' cannot be the name of an attribute: it must be lower-case letters and digits"
              .formatted(excerpt(name)));
    }
    utf8("the attribute '%s'".formatted(name), value);
    if (value.isEmpty() && NEVER_EMPTY.contains(name)) {
      throw new InvalidEvent("the attribute '%s' is empty".formatted(name));
    }
    try {
      mustMatch(name, value);
      event.withContextAttribute(name, value);
    } catch (CloudEventRWException | IllegalArgumentException e) {
      throw new InvalidEvent("the attribute '%s' is not valid: %s".formatted(name, excerpt(value)));
    }
  }

  private static void mustMatch(String name, String value) {
    String pattern =
        switch (name) {
          case "time" -> RFC_3339;
          case "datacontenttype" -> MEDIA_TYPE;
          default -> "(?s).*";
        };
    if (!value.matches(pattern)) {
      throw new IllegalArgumentException(name);
    }
  }

  /** A text for a message. */
  static String excerpt(String text) {
    return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "...";
  }
}
