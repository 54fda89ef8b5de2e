package dev.warren.operator.plan.validation;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Checks the quantities in a pod template. For a wrong one the API server refuses the whole object
 * and names no field.
 */
final class QuantityCheck {

  private static final Pattern QUANTITY =
      Pattern.compile(
          "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+|n|u|m|k|[MGTPE]|[KMGTPE]i)?");

  /** As people write bytes. */
  private static final Pattern BYTES = Pattern.compile("([0-9.]+) ?([kKmMgGtT])[iI]?[bB]?");

  private static final String RESOURCES = ".resources";
  private static final Set<String> AMOUNTS = Set.of("limits", "requests");
  private static final String SIZE_LIMIT = "sizeLimit";

  private QuantityCheck() {}

  /** The first violation in a part of a template. */
  static Optional<Violation> violation(String path, Object part) {
    return switch (part) {
      case Map<?, ?> fields ->
          fields.entrySet().stream()
              .flatMap(
                  field -> ofField(path, String.valueOf(field.getKey()), field.getValue()).stream())
              .findFirst();
      case List<?> items ->
          IntStream.range(0, items.size())
              .boxed()
              .flatMap(i -> violation(path + "[" + i + "]", items.get(i)).stream())
              .findFirst();
      case null, default -> Optional.empty();
    };
  }

  private static Optional<Violation> ofField(String path, String name, Object value) {
    String at = path + "." + name;
    if (path.endsWith(RESOURCES) && AMOUNTS.contains(name) && value instanceof Map<?, ?> amounts) {
      return amounts.entrySet().stream()
          .flatMap(amount -> ofQuantity(at + "." + amount.getKey(), amount.getValue()).stream())
          .findFirst();
    }
    return name.equals(SIZE_LIMIT) ? ofQuantity(at, value) : violation(at, value);
  }

  /** Values of other types are refused with their path, by whoever reads the template. */
  private static Optional<Violation> ofQuantity(String path, Object value) {
    return value instanceof String text && !QUANTITY.matcher(text).matches()
        ? Optional.of(
            new Violation(path, "'%s' is not a quantity; %s".formatted(text, advice(text))))
        : Optional.empty();
  }

  private static String advice(String text) {
    Matcher bytes = BYTES.matcher(text);
    if (!bytes.matches()) {
      return "write one such as 500m, 2, 768Mi or 1Gi";
    }
    String unit = bytes.group(2).toUpperCase(Locale.ROOT);
    return "write %1$s%2$si, or %1$s%3$s for powers of ten"
        .formatted(bytes.group(1), unit, unit.equals("K") ? "k" : unit);
  }
}
