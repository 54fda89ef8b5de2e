package dev.warren.operator.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.warren.operator.broker.BrokerException.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads and writes the management API's JSON. */
final class ManagementApiJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

  /** The reason that an error answer gives. */
  record ErrorBody(String error, String reason) {}

  private ManagementApiJson() {}

  /** Reads what it can: proxies and half-started nodes send bodies that are not JSON. */
  static ErrorBody error(String body) {
    try {
      JsonNode node = MAPPER.readTree(body);
      return new ErrorBody(
          text(node, "error"), text(node, "reason").strip().replaceAll("\\s+", " "));
    } catch (JsonProcessingException e) {
      return new ErrorBody("", "");
    }
  }

  static String write(Object object) {
    try {
      return MAPPER.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      // Without its cause, whose message may quote the object and so a password.
      throw new IllegalArgumentException("The request cannot be written as JSON");
    }
  }

  /**
   * Reads an answer.
   *
   * @throws BrokerException when it is not JSON
   */
  static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw notUnderstood();
    }
  }

  static <T> T read(String json, Class<T> type) throws JsonProcessingException {
    return MAPPER.readValue(json, type);
  }

  static Stream<JsonNode> elements(JsonNode array) {
    // If a missing list counted as empty, everything would be declared again.
    if (!array.isArray()) {
      throw notUnderstood();
    }
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static BrokerException notUnderstood() {
    return new BrokerException(
        Kind.UNAVAILABLE, "The management API's answer has an unexpected form");
  }

  /**
   * A truth value.
   *
   * @throws BrokerException when the field is absent, since unknown is not false
   */
  static boolean bool(JsonNode node, String field) {
    if (!node.path(field).isBoolean()) {
      throw notUnderstood();
    }
    return node.path(field).booleanValue();
  }

  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isContainerNode() ? value.toString() : value.asText("");
  }

  /** The field's strings; one string counts as a list of one, null as none. */
  static List<String> texts(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (value.isTextual()) {
      return value.asText().isEmpty() ? List.of() : List.of(value.asText());
    }
    return StreamSupport.stream(value.spliterator(), false).map(JsonNode::asText).toList();
  }

  static Map<String, Object> object(JsonNode node, String field) {
    JsonNode value = node.path(field);
    // On the way to JSON, Erlang's empty list and empty map are sometimes confused.
    return value.isObject() ? MAPPER.convertValue(value, OBJECT) : new LinkedHashMap<>();
  }

  static <T> Map<String, T> byName(Stream<T> elements, Function<T, String> name) {
    Map<String, T> byName = new LinkedHashMap<>();
    elements.forEach(element -> byName.put(name.apply(element), element));
    return byName;
  }
}
