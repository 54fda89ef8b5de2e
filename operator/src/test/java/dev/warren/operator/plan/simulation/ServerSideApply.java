package dev.warren.operator.plan.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;

/**
 * Server-side apply for one field manager with force: fields that it applied before and applies no
 * more are removed, and fields of others stay.
 */
final class ServerSideApply {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ServerSideApply() {}

  /**
   * @param actual the object as it is
   * @param before what the manager applied last
   * @param now what it applies
   */
  static ObjectNode merge(ObjectNode actual, JsonNode before, ObjectNode now) {
    return (ObjectNode) merge("", actual, before, now);
  }

  private static JsonNode merge(String field, JsonNode actual, JsonNode before, JsonNode now) {
    JsonNode said = now.isMissingNode() ? before : now;
    if (said.isMissingNode()) {
      return actual;
    }
    if (said.isObject()) {
      return whenEmpty(objects(actual, before, now), now);
    }
    if (said.isArray() && !said.isEmpty() && !key(field, said.get(0)).isEmpty()) {
      return whenEmpty(lists(field, actual, before, now), now);
    }
    return now.deepCopy();
  }

  private static JsonNode whenEmpty(JsonNode merged, JsonNode now) {
    return merged.isEmpty() && now.isMissingNode() ? MissingNode.getInstance() : merged;
  }

  private static JsonNode objects(JsonNode actual, JsonNode before, JsonNode now) {
    ObjectNode result = actual.isObject() ? actual.deepCopy() : JSON.objectNode();
    Set<String> names = new TreeSet<>();
    before.fieldNames().forEachRemaining(names::add);
    now.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      JsonNode merged = merge(name, result.path(name), before.path(name), now.path(name));
      if (merged.isMissingNode()) {
        result.remove(name);
      } else {
        result.set(name, merged);
      }
    }
    return result;
  }

  private static JsonNode lists(String field, JsonNode actual, JsonNode before, JsonNode now) {
    ArrayNode result = actual.isArray() ? actual.deepCopy() : JSON.arrayNode();
    for (Iterator<JsonNode> items = result.iterator(); items.hasNext(); ) {
      JsonNode item = items.next();
      if (find(field, before, item).isObject() && !find(field, now, item).isObject()) {
        items.remove();
      }
    }
    for (JsonNode item : now) {
      JsonNode pair = find(field, result, item);
      if (pair.isObject()) {
        ObjectNode merged = (ObjectNode) objects(pair, find(field, before, item), item);
        ((ObjectNode) pair).removeAll().setAll(merged);
      } else {
        result.add(item.deepCopy());
      }
    }
    return result;
  }

  private static JsonNode find(String field, JsonNode list, JsonNode item) {
    for (JsonNode candidate : list) {
      if (key(field, candidate).equals(key(field, item))) {
        return candidate;
      }
    }
    return MissingNode.getInstance();
  }

  /** The listMapKeys of Kubernetes' schema; empty for a list that is replaced as a whole. */
  private static String key(String field, JsonNode item) {
    return switch (field) {
      case "containers", "initContainers", "env", "volumes", "imagePullSecrets" ->
          text(item, "name");
      case "volumeMounts" -> text(item, "mountPath");
      case "ports" ->
          text(item, "containerPort") + text(item, "port") + item.path("protocol").asText("TCP");
      case "ownerReferences" -> text(item, "uid");
      case "topologySpreadConstraints" ->
          text(item, "topologyKey") + "/" + text(item, "whenUnsatisfiable");
      default -> "";
    };
  }

  private static String text(JsonNode item, String field) {
    return item.path(field).asText();
  }
}
