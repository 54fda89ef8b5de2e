package dev.warren.operator.plan.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
public final class Drift {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Others are written in brackets, such as metadata.labels[app.kubernetes.io/name]. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

  /** The fields of a Secret whose values are never shown. */
  private static final Pattern DATA = Pattern.compile("(data|stringData)\\b.*");

  /** Variables that users should take from a Secret. */
  private static final Pattern SECRET_VARIABLE =
      Pattern.compile("(?i).*env\\[[^]]*(PASS|SECRET|TOKEN|KEY|CREDENTIAL)[^]]*].*");

  private static final Pattern QUANTITY =
      Pattern.compile(
          "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2}|n|u|m|[kMGTPE]|[KMGTPE]i)?");

  private final List<Difference> differences = new ArrayList<>();

  private Drift() {}

  /** The fields that differ, such as spec.template.spec.containers[app].image. */
  public static List<Difference> between(HasMetadata desired, HasMetadata actual) {
    Drift drift = new Drift();
    drift.fields("", JSON.valueToTree(desired), JSON.valueToTree(actual));
    return drift.differences.stream()
        .map(difference -> isSecret(desired, difference.path()) ? difference.hidden() : difference)
        .toList();
  }

  private static boolean isSecret(HasMetadata object, String path) {
    return object instanceof Secret && DATA.matcher(path).matches()
        || SECRET_VARIABLE.matcher(path).matches();
  }

  private void fields(String path, JsonNode desired, JsonNode actual) {
    for (Map.Entry<String, JsonNode> field : desired.properties()) {
      value(below(path, field.getKey()), field.getValue(), actual.path(field.getKey()));
    }
  }

  /** The path of a field in an object. */
  static String below(String path, String field) {
    if (path.isEmpty()) {
      return field;
    }
    return NAME.matcher(field).matches() ? path + "." + field : path + "[" + field + "]";
  }

  private void value(String path, JsonNode desired, JsonNode actual) {
    if (isNotStored(desired, actual)) {
      return;
    }
    switch (desired) {
      case ObjectNode object when isComparable(path, object, actual) ->
          fields(path, object, actual);
      case ArrayNode list ->
          keyOf(list)
              .ifPresentOrElse(
                  key -> keyed(path, key, list, actual), () -> ordered(path, list, actual));
      default -> {
        if (!isSame(desired, actual)) {
          add(path, desired, actual);
        }
      }
    }
  }

  private static boolean isComparable(String path, ObjectNode desired, JsonNode actual) {
    return actual instanceof ObjectNode && (!isAtomic(path) || actual.size() == desired.size());
  }

  /** Whether the API server leaves out such a value, and has left it out. */
  private static boolean isNotStored(JsonNode desired, JsonNode actual) {
    return isEmptyText(desired)
        ? isEmptyText(actual) || !actual.isTextual()
        : isEmpty(desired) || (actual.isMissingNode() && isFalseOrZero(desired));
  }

  private void add(String path, JsonNode desired, JsonNode actual) {
    List<Difference> inside = inside(path, desired, actual);
    if (inside.isEmpty()) {
      differences.add(new Difference(path, actual, desired));
    } else {
      differences.addAll(inside);
    }
  }

  /** The differences inside of texts that are JSON objects, such as a delivery's settings. */
  private static List<Difference> inside(String path, JsonNode desired, JsonNode actual) {
    Optional<ObjectNode> wanted = object(desired);
    Optional<ObjectNode> existing = object(actual);
    if (wanted.isEmpty() || existing.isEmpty()) {
      return List.of();
    }
    Drift drift = new Drift();
    drift.fields(path, wanted.get(), existing.get());
    existing.get().properties().stream()
        .filter(field -> !wanted.get().has(field.getKey()))
        .forEach(
            field ->
                drift.differences.add(
                    new Difference(
                        below(path, field.getKey()), field.getValue(), MissingNode.getInstance())));
    return drift.differences;
  }

  private static Optional<ObjectNode> object(JsonNode text) {
    if (!text.isTextual() || !text.textValue().startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(text.textValue()))
          .filter(ObjectNode.class::isInstance)
          .map(ObjectNode.class::cast);
    } catch (JsonProcessingException e) {
      // It only begins like JSON.
      return Optional.empty();
    }
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
  private void keyed(String path, String key, ArrayNode desired, JsonNode actual) {
    for (JsonNode item : desired) {
      String at = path + "[" + item.path(key).asText() + "]";
      StreamSupport.stream(actual.spliterator(), false)
          .filter(candidate -> candidate.path(key).equals(item.path(key)))
          .findFirst()
          .ifPresentOrElse(
              pair -> fields(at, item, pair), () -> add(at, item, MissingNode.getInstance()));
    }
  }

  private void ordered(String path, ArrayNode desired, JsonNode actual) {
    if (actual.size() != desired.size()) {
      add(path, desired, actual);
      return;
    }
    for (int i = 0; i < desired.size(); i++) {
      value(path + "[" + i + "]", desired.get(i), actual.get(i));
    }
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
