package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A manifest from the documentation is accepted without a change. */
@Tag("apiserver")
class DocumentedManifestsApiServerTest {

  private static final Pattern MANIFEST =
      Pattern.compile(
          "^apiVersion: warren.dev/v1alpha1$.*?(?=^(EOF|```)$)",
          Pattern.DOTALL | Pattern.MULTILINE);

  @RegisterExtension static final ApiServer server = new ApiServer();

  @Test
  void everyManifestIsAccepted() throws IOException {
    List<String> manifests = manifests();
    assertThat(manifests).as("README and quickstart have one each").hasSizeGreaterThanOrEqualTo(2);
    for (String manifest : manifests) {
      GenericKubernetesResource topology =
          server
              .client()
              .getKubernetesSerialization()
              .unmarshal(manifest, GenericKubernetesResource.class);
      topology.getMetadata().setNamespace("default");
      assertThatCode(() -> server.accept(topology)).as(manifest).doesNotThrowAnyException();
    }
  }

  private static List<String> manifests() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> pages = Files.walk(Path.of("../docs"))) {
      List<Path> all =
          Stream.concat(Stream.of(Path.of("../README.md")), pages)
              .filter(file -> file.toString().endsWith(".md"))
              .toList();
      for (Path page : all) {
        MANIFEST
            .matcher(Files.readString(page))
            .results()
            .map(MatchResult::group)
            .forEach(found::add);
      }
    }
    return found;
  }
}
