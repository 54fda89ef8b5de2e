package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The default of each field. */
final class Defaults {

  /**
   * What the operator, RabbitMQ or the cluster applies. The schema cannot have these: they are
   * valid for some types of queue only, or known only where Warren is installed.
   */
  private static final Map<String, String> APPLIED_LATER =
      Map.of(
          "spec.nodes.image",
          "the image that the operator was installed with",
          "spec.nodes.resources",
          "requests of 100m CPU and 512Mi, a limit of 2Gi",
          "spec.nodes.storage.className",
          "the cluster's default StorageClass",
          "spec.queues[].members",
          "3",
          "spec.queues[].overflow",
          "drop-head",
          "spec.queues[].deliveryLimit",
          "20",
          "spec.endpoints.requestReply[].maxConnectionsPerClient",
          "three quarters of maxConnections",
          "spec.endpoints.publish.maxConnectionsPerClient",
          "three quarters of maxConnections",
          "spec.consumers[].http.resources",
          "requests of 50m CPU and 128Mi, a limit of 256Mi");

  private Defaults() {}

  /** Appends each field's default to its description: kubectl explain shows nothing else of it. */
  static void describe(JSONSchemaProps root) {
    forEachField(
        "",
        root,
        (path, field) ->
            of(path, field)
                .map(Defaults::sentence)
                .ifPresent(
                    sentence -> field.setDescription(field.getDescription() + " " + sentence)));
  }

  /** The default of a field, for a reader; none if it is absent then, or an object of defaults. */
  static Optional<String> of(String path, JSONSchemaProps field) {
    return Optional.ofNullable(APPLIED_LATER.get(path))
        .or(
            () ->
                Optional.ofNullable(field.getDefault())
                    .filter(JsonNode::isValueNode)
                    .map(value -> value.asText().isEmpty() ? "empty" : value.asText()));
  }

  /** A description without what {@link #describe} has appended to it. */
  static String withoutDefault(String description, String value) {
    String sentence = sentence(value);
    return description.endsWith(sentence)
        ? description.substring(0, description.length() - sentence.length()).strip()
        : description;
  }

  private static String sentence(String value) {
    return "Default: " + value + ".";
  }

  private static void forEachField(
      String path, JSONSchemaProps schema, BiConsumer<String, JSONSchemaProps> action) {
    schema
        .getProperties()
        .forEach(
            (name, field) -> {
              String at = path.isEmpty() ? name : path + "." + name;
              action.accept(at, field);
              forEachField(at, field, action);
              if (field.getItems() != null) {
                forEachField(at + "[]", field.getItems().getSchema(), action);
              }
            });
  }
}
