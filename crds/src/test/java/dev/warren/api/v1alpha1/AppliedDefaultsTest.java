package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Where the API server must not apply a default, our classes do. */
class AppliedDefaultsTest {

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private static final String MINIMAL =
      """
      spec:
        exchanges: [{name: events}]
        queues: [{name: hello}]
        bindings: [{exchange: events, queue: hello, routingKey: hello}]
        consumers: [{name: notify, queue: hello, scaling: {}, http: {url: "http://shop"}}]
        endpoints: {requestReply: [{name: echo, port: 10000, queue: hello}], publish: {}, service: {}}
        tls: {issuerRef: {name: internal}}
      """;

  @Test
  void ourClassesApplyTheDefaultThatTheDescriptionStates() throws IOException {
    JsonNode applied = applied();
    assertThat(described())
        .isNotEmpty()
        .allSatisfy((path, value) -> assertThat(text(at(applied, path))).as(path).isEqualTo(value));
  }

  private static JsonNode applied() throws IOException {
    MessageTopology topology = SERIALIZATION.unmarshal(MINIMAL, MessageTopology.class);
    return new ObjectMapper().readTree(SERIALIZATION.asJson(topology));
  }

  /** The defaults by their paths, such as spec.queues[].type. */
  private static Map<String, String> described() throws IOException {
    Map<String, String> found = new TreeMap<>();
    Defaults.forEachField(
        "spec",
        CrdGeneration.committedSchema().getProperties().get("spec"),
        (path, field) -> {
          if (field.getDefault() == null) {
            Defaults.of(field).ifPresent(value -> found.put(path, value));
          }
        });
    found.keySet().removeAll(Defaults.APPLIED_LATER.keySet());
    return found;
  }

  private static JsonNode at(JsonNode root, String path) {
    return root.at("/" + path.replace("[]", "/0").replace(".", "/"));
  }

  /** An empty text is not written. */
  private static String text(JsonNode value) {
    return value.isMissingNode() ? "empty" : value.asText();
  }
}
