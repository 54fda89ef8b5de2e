package dev.warren.operator.plan;

import com.fasterxml.jackson.databind.JsonMappingException;
import dev.warren.operator.model.PodTemplates;
import java.util.Map;
import java.util.Optional;

/** Checks that what a resource gives as a pod template has the form of one. */
final class TemplateCheck {

  private TemplateCheck() {}

  static Optional<Violation> violation(String path, Map<String, Object> template) {
    try {
      PodTemplates.read(template);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(
          new Violation(path + field(e), "has not the form that Kubernetes expects"));
    }
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
