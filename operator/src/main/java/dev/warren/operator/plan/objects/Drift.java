package dev.warren.operator.plan.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Finds where an object differs from its desired state. Additions of the API server or others do
 * not count: only fields that the operator sets are compared, by the rules of server-side apply.
 */
final class Drift {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern QUANTITY =
      Pattern.compile(
          "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2}|n|u|m|[kMGTPE]|[KMGTPE]i)?");

  private Drift() {}

  /** The first field that differs, such as spec.template.spec.containers[app].image. */
  static Optional<String> between(HasMetadata desired, HasMetadata actual) {
    return fields("", JSON.valueToTree(desired), JSON.valueToTree(actual));
  }

  private static Optional<String> fields(String path, JsonNode desired, JsonNode actual) {
    for (Map.Entry<String, JsonNode> field : desired.properties()) {
      String at = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
      Optional<String> drift = value(at, field.getValue(), actual.path(field.getKey()));
      if (drift.isPresent()) {
        return drift;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> value(String path, JsonNode desired, JsonNode actual) {
    if (isEmptyText(desired)) {
      return isEmptyText(actual) || !actual.isTextual() ? Optional.empty() : Optional.of(path);
    }
    if (isEmpty(desired) || (actual.isMissingNode() && isFalseOrZero(desired))) {
      return Optional.empty();
    }
    if (desired instanceof ObjectNode) {
      boolean comparable =
          actual instanceof ObjectNode && (!isAtomic(path) || actual.size() == desired.size());
      return comparable ? fields(path, desired, actual) : Optional.of(path);
    }
    if (desired instanceof ArrayNode list) {
      return keyOf(list)
          .map(key -> keyed(path, key, list, actual))
          .orElseGet(() -> ordered(path, list, actual));
    }
    return isSame(desired, actual) ? Optional.empty() : Optional.of(path);
  }

  /** Maps in which another entry changes the meaning of the rest: others must not add to them. */
  private static boolean isAtomic(String path) {
    return path.endsWith("selector") || path.endsWith("nodeSelector");
  }

  /** The key that identifies the items of a list that is really a map. */
  private static Optional<String> keyOf(ArrayNode list) {
    return Stream.of("mountPath", "name").filter(key -> tellsApart(key, list)).findFirst();
  }

  /** Not for lists in which an item has no name (ports) or two share one (headers of a probe). */
  private static boolean tellsApart(String key, ArrayNode list) {
    Set<JsonNode> values = new HashSet<>();
    for (JsonNode item : list) {
      if (!item.has(key) || !values.add(item.get(key))) {
        return false;
      }
    }
    return true;
  }

  /** Others may add items to such a list. */
  private static Optional<String> keyed(
      String path, String key, ArrayNode desired, JsonNode actual) {
    for (JsonNode item : desired) {
      String at = path + "[" + item.path(key).asText() + "]";
      Optional<JsonNode> pair =
          StreamSupport.stream(actual.spliterator(), false)
              .filter(candidate -> candidate.path(key).equals(item.path(key)))
              .findFirst();
      Optional<String> drift = pair.isEmpty() ? Optional.of(at) : fields(at, item, pair.get());
      if (drift.isPresent()) {
        return drift;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> ordered(String path, ArrayNode desired, JsonNode actual) {
    if (actual.size() != desired.size()) {
      return Optional.of(path);
    }
    for (int i = 0; i < desired.size(); i++) {
      Optional<String> drift = value(path + "[" + i + "]", desired.get(i), actual.get(i));
      if (drift.isPresent()) {
        return drift;
      }
    }
    return Optional.empty();
  }

  /** The API server leaves out a field like tty: false, and keeps one like replicas: 0. */
  private static boolean isFalseOrZero(JsonNode value) {
    return (value.isBoolean() && !value.booleanValue())
        || (value.isNumber() && value.doubleValue() == 0);
  }

  /** The API server leaves out empty fields. */
  private static boolean isEmpty(JsonNode value) {
    return value.isNull() || (value.isContainerNode() && value.isEmpty());
  }

  private static boolean isEmptyText(JsonNode value) {
    return value.isTextual() && value.textValue().isEmpty();
  }

  private static boolean isSame(JsonNode desired, JsonNode actual) {
    return desired.equals(actual)
        || (desired.isValueNode() && desired.asText().equals(actual.asText()))
        || isSameQuantity(desired.asText(), actual.asText());
  }

  /** 1000m and 1, or 1024Mi and 1Gi. */
  private static boolean isSameQuantity(String desired, String actual) {
    return QUANTITY.matcher(desired).matches()
        && QUANTITY.matcher(actual).matches()
        && amount(desired).equals(amount(actual));
  }

  /** In thousandths, up to which the API server rounds. */
  private static BigDecimal amount(String quantity) {
    return new Quantity(quantity).getNumericalAmount().setScale(3, RoundingMode.CEILING);
  }
}
