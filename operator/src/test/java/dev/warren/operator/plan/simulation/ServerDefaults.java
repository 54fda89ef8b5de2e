package dev.warren.operator.plan.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The defaults that the API server adds to an object, and its normalized forms. */
final class ServerDefaults {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, String> QUANTITIES =
      Map.of("1000m", "1", "0.5", "500m", "1024Mi", "1Gi", "0.5Gi", "512Mi");

  private ServerDefaults() {}

  static void add(String kind, ObjectNode object) {
    normalise(object);
    ObjectNode spec = object.path("spec") instanceof ObjectNode there ? there : null;
    switch (kind) {
      case "Pod" -> addToPodSpec(spec);
      case "Deployment" -> {
        put(spec, "progressDeadlineSeconds", 600);
        put(spec, "revisionHistoryLimit", 10);
        addToPodSpec((ObjectNode) spec.path("template").path("spec"));
      }
      case "Service" -> {
        put(spec, "clusterIP", "10.0.0.1");
        put(spec, "type", "ClusterIP");
        put(spec, "sessionAffinity", "None");
      }
      case "PersistentVolumeClaim" -> {
        if (spec != null) {
          put(spec, "storageClassName", "standard");
          put(spec, "volumeMode", "Filesystem");
        }
      }
      default -> {}
    }
  }

  private static void addToPodSpec(ObjectNode spec) {
    put(spec, "restartPolicy", "Always");
    put(spec, "dnsPolicy", "ClusterFirst");
    put(spec, "schedulerName", "default-scheduler");
    put(spec, "terminationGracePeriodSeconds", 30);
    spec.path("initContainers").forEach(container -> addToContainer((ObjectNode) container));
    spec.path("containers").forEach(container -> addToContainer((ObjectNode) container));
    for (JsonNode volume : spec.path("volumes")) {
      if (volume.path("secret") instanceof ObjectNode secret) {
        put(secret, "defaultMode", 420);
      }
    }
  }

  private static void addToContainer(ObjectNode container) {
    put(container, "terminationMessagePath", "/dev/termination-log");
    put(container, "terminationMessagePolicy", "File");
    put(container, "imagePullPolicy", "IfNotPresent");
    container.path("ports").forEach(port -> put((ObjectNode) port, "protocol", "TCP"));
    if (container.path("readinessProbe") instanceof ObjectNode probe) {
      put(probe, "successThreshold", 1);
      put(probe, "failureThreshold", 3);
    }
  }

  private static void put(ObjectNode object, String field, Object value) {
    if (!object.has(field)) {
      object.set(field, JSON.valueToTree(value));
    }
  }

  /** Leaves out what Go leaves out, and writes quantities in one way. */
  private static void normalise(JsonNode json) {
    if (json instanceof ObjectNode object) {
      List<String> omitted = new ArrayList<>();
      object
          .properties()
          .forEach(
              field -> {
                boolean omittedWhenFalse =
                    Set.of("tty", "stdin", "readOnly", "hostNetwork").contains(field.getKey());
                boolean emptyValue =
                    field.getKey().equals("value") && field.getValue().asText().isEmpty();
                if (emptyValue || omittedWhenFalse && !field.getValue().asBoolean()) {
                  omitted.add(field.getKey());
                }
              });
      object.remove(omitted);
      if (object.path("limits") instanceof ObjectNode limits) {
        limits
            .properties()
            .forEach(
                limit ->
                    limits.put(
                        limit.getKey(),
                        QUANTITIES.getOrDefault(
                            limit.getValue().asText(), limit.getValue().asText())));
      }
      object.forEach(ServerDefaults::normalise);
    } else if (json instanceof ArrayNode list) {
      list.forEach(ServerDefaults::normalise);
    }
  }
}
