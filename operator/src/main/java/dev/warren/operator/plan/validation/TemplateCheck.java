package dev.warren.operator.plan.validation;

import com.fasterxml.jackson.databind.JsonMappingException;
import dev.warren.operator.model.PodTemplates;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Checks that the pod templates of a resource have the form of one. */
final class TemplateCheck {

  private TemplateCheck() {}

  static Optional<Violation> violation(String path, Map<String, Object> template) {
    Optional<String> empty = emptyItem(path, template);
    if (empty.isPresent()) {
      return Optional.of(new Violation(empty.get(), "is empty"));
    }
    Optional<Violation> quantity = QuantityCheck.violation(path, template);
    if (quantity.isPresent()) {
      return quantity;
    }
    try {
      PodTemplates.read(template);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(
          new Violation(path + field(e), "does not have the form that Kubernetes expects"));
    }
  }

  /** A dash with nothing after it, which has no meaning in any list of Kubernetes. */
  private static Optional<String> emptyItem(String path, Object value) {
    return switch (value) {
      case Map<?, ?> fields ->
          fields.entrySet().stream()
              .flatMap(field -> emptyItem(path + "." + field.getKey(), field.getValue()).stream())
              .findFirst();
      case List<?> items ->
          IntStream.range(0, items.size())
              .boxed()
              .flatMap(i -> emptyItem(path + "[" + i + "]", items, i).stream())
              .findFirst();
      case null, default -> Optional.empty();
    };
  }

  private static Optional<String> emptyItem(String path, List<?> items, int index) {
    return items.get(index) == null ? Optional.of(path) : emptyItem(path, items.get(index));
  }

  /** The field that could not be read, such as .spec.containers[0].env. */
  private static String field(IllegalArgumentException e) {
    if (!(e.getCause() instanceof JsonMappingException mapping)) {
      return "";
    }
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : mapping.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append('.').append(step.getFieldName());
      }
    }
    return path.toString();
  }
}
