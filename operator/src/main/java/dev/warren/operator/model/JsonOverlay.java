package dev.warren.operator.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Lays one Kubernetes object over another, as a strategic merge patch does for Pods: for fields of
 * both, the upper one wins; items of lists are paired by name (volume mounts by path, because one
 * volume may be mounted twice); and items without a name are added.
 */
final class JsonOverlay {

  private JsonOverlay() {}

  static JsonNode over(JsonNode lower, JsonNode upper) {
    if (lower instanceof ObjectNode below && upper instanceof ObjectNode above) {
      return objects(below, above);
    }
    if (lower instanceof ArrayNode below && upper instanceof ArrayNode above) {
      return arrays(below, above);
    }
    return upper;
  }

  private static ObjectNode objects(ObjectNode lower, ObjectNode upper) {
    ObjectNode result = lower.deepCopy();
    upper
        .properties()
        .forEach(
            field -> {
              JsonNode below = result.get(field.getKey());
              JsonNode merged = below == null ? field.getValue() : over(below, field.getValue());
              result.set(field.getKey(), merged);
            });
    return result;
  }

  private static ArrayNode arrays(ArrayNode lower, ArrayNode upper) {
    ArrayNode result = lower.deepCopy();
    for (JsonNode item : upper) {
      int pair = indexOfPair(lower, item);
      if (pair < 0) {
        result.add(item);
      } else {
        result.set(pair, over(result.get(pair), item));
      }
    }
    return result;
  }

  private static int indexOfPair(ArrayNode list, JsonNode item) {
    String key = item.has("mountPath") ? "mountPath" : "name";
    for (int i = 0; item.has(key) && i < list.size(); i++) {
      if (item.get(key).equals(list.get(i).path(key))) {
        return i;
      }
    }
    return -1;
  }
}
