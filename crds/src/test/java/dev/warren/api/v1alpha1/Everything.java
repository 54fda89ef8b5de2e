package dev.warren.api.v1alpha1;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;

/** A resource that sets every field of the spec. */
final class Everything {

  private Everything() {}

  static String yaml() throws IOException {
    try (InputStream file = Everything.class.getResourceAsStream("/everything.yaml")) {
      return new String(file.readAllBytes(), UTF_8);
    }
  }

  /** The text of the file, before our classes read it. */
  static JsonNode tree() throws IOException {
    return new ObjectMapper()
        .valueToTree(new KubernetesSerialization().unmarshal(yaml(), Object.class));
  }
}
