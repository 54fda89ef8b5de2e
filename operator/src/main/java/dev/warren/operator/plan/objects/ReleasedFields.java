package dev.warren.operator.plan.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.warren.operator.model.Owner;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Fields of an object that the operator has set and no longer sets. The next server-side apply
 * removes them. The API server records which ones the operator has set.
 */
final class ReleasedFields {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** How the record marks a field, and an item of a list that is really a map. */
  private static final String FIELD = "f:";

  private static final String ITEM = "k:";

  private final List<Difference> released = new ArrayList<>();

  private ReleasedFields() {}

  static List<Difference> of(HasMetadata desired, HasMetadata actual) {
    ReleasedFields fields = new ReleasedFields();
    JsonNode wanted = JSON.valueToTree(desired);
    JsonNode existing = JSON.valueToTree(actual);
    actual.getMetadata().getManagedFields().stream()
        .filter(entry -> Owner.FIELD_MANAGER.equals(entry.getManager()))
        .filter(entry -> "Apply".equals(entry.getOperation()))
        .forEach(
            entry -> fields.below("", JSON.valueToTree(entry.getFieldsV1()), wanted, existing));
    return fields.released;
  }

  private void below(String path, JsonNode owned, JsonNode desired, JsonNode actual) {
    for (Map.Entry<String, JsonNode> entry : owned.properties()) {
      String key = entry.getKey();
      if (key.startsWith(FIELD)) {
        String field = key.substring(FIELD.length());
        compare(
            Drift.below(path, field), entry.getValue(), desired.path(field), actual.path(field));
      } else if (key.startsWith(ITEM)) {
        JsonNode identity = identity(key);
        compare(
            path + name(identity),
            entry.getValue(),
            item(desired, identity),
            item(actual, identity));
      }
    }
  }

  private void compare(String path, JsonNode owned, JsonNode desired, JsonNode actual) {
    if (actual.isMissingNode()) {
      return;
    }
    if (desired.isMissingNode() || desired.isNull()) {
      released.add(new Difference(path, actual, MissingNode.getInstance()));
    } else {
      below(path, owned, desired, actual);
    }
  }

  private static JsonNode identity(String key) {
    try {
      return JSON.readTree(key.substring(ITEM.length()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not the key of an item: " + key, e);
    }
  }

  private static String name(JsonNode identity) {
    return identity.properties().stream()
        .map(field -> field.getValue().asText())
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** The desired one may lack a part of its identity that has a default, such as a protocol. */
  private static JsonNode item(JsonNode list, JsonNode identity) {
    return StreamSupport.stream(list.spliterator(), false)
        .filter(
            item ->
                identity.properties().stream()
                    .allMatch(
                        field ->
                            item.path(field.getKey()).isMissingNode()
                                || item.path(field.getKey()).equals(field.getValue())))
        .findFirst()
        .orElse(MissingNode.getInstance());
  }
}
