package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The default of each field. */
final class Defaults {

  /**
   * What the operator, RabbitMQ or the cluster applies. The schema cannot have these: they are
   * valid for some types of queue only, or known only where Warren is installed.
   */
  static final Map<String, String> APPLIED_LATER =
      Map.ofEntries(
          Map.entry("spec.nodes.image", "the image that the operator was installed with"),
          Map.entry("spec.nodes.resources", "requests of 100m CPU and 512Mi, a limit of 2Gi"),
          Map.entry(
              "spec.nodes.storage.size", "the size of the largest existing volume, otherwise 10Gi"),
          Map.entry("spec.nodes.storage.className", "the cluster's default StorageClass"),
          Map.entry("spec.queues[].members", "3"),
          Map.entry("spec.queues[].overflow", "drop-head"),
          Map.entry("spec.queues[].deliveryLimit", "20"),
          Map.entry(
              "spec.endpoints.requestReply[].maxConnectionsPerClient",
              "three quarters of maxConnections"),
          Map.entry(
              "spec.endpoints.publish.maxConnectionsPerClient", "three quarters of maxConnections"),
          Map.entry(
              "spec.consumers[].http.resources",
              "requests of 50m CPU and 128Mi, a limit of 256Mi"));

  private static final Pattern DESCRIBED = Pattern.compile(" Default: (.*)[.]$", Pattern.DOTALL);

  private Defaults() {}

  /** Appends each field's default to its description: kubectl explain shows nothing else of it. */
  static void describe(JSONSchemaProps root) {
    forEachField(
        "",
        root,
        (path, field) ->
            of(path, field)
                .ifPresent(
                    value ->
                        field.setDescription(field.getDescription() + " Default: " + value + ".")));
  }

  /**
   * Removes the defaults of all fields in items of lists, and in objects without a default. Our
   * classes apply these defaults instead.
   *
   * <p>The API server would write them into the items, and for tools that compare on the client's
   * side, such as kubectl apply, the list would differ from the file each time. It would write them
   * into the object too, and a manager that owns them and applies {@code {}} by server-side apply
   * would be refused: the API server replaces an object of which it has removed all fields by null.
   */
  static void leaveAsWritten(JSONSchemaProps root) {
    forEachField(
        "spec",
        root.getProperties().get("spec"),
        (path, field) -> {
          if (field.getItems() != null) {
            removeDefaults(field.getItems().getSchema());
          }
          if (field.getDefault() == null) {
            removeDefaults(field);
          }
        });
  }

  private static void removeDefaults(JSONSchemaProps schema) {
    forEachField("", schema, (path, field) -> field.setDefault(null));
  }

  /** The default of a field, as {@link #describe} has appended it; none if it has none. */
  static Optional<String> of(JSONSchemaProps described) {
    return Optional.ofNullable(described.getDescription())
        .map(DESCRIBED::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1));
  }

  /** The description of a field without what {@link #describe} has appended to it. */
  static String descriptionWithoutDefault(JSONSchemaProps described) {
    return DESCRIBED.matcher(described.getDescription()).replaceFirst("");
  }

  /** None if the field is absent without a value, or is an object of defaults. */
  private static Optional<String> of(String path, JSONSchemaProps field) {
    return Optional.ofNullable(APPLIED_LATER.get(path))
        .or(
            () ->
                Optional.ofNullable(field.getDefault())
                    .filter(JsonNode::isValueNode)
                    .map(value -> value.asText().isEmpty() ? "empty" : value.asText()));
  }

  /** With the path of each, such as spec.queues[].type. */
  static void forEachField(
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
