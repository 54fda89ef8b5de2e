package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommittedCrdTest {

  @ParameterizedTest
  @MethodSource("committed")
  void theCommittedDefinitionMatchesTheClasses(Path file) throws IOException {
    assertThat(file)
        .as("run `make crds` and commit")
        .usingCharset("UTF-8")
        .hasContent(CrdGeneration.generate());
  }

  @Test
  void theCommittedReferenceMatchesTheDefinition() throws IOException {
    assertThat(ApiReference.COMMITTED)
        .as("run `make crds` and commit")
        .usingCharset("UTF-8")
        .hasContent(ApiReference.generate(CrdGeneration.generate()));
  }

  static List<Path> committed() {
    return CrdGeneration.COMMITTED;
  }

  @ParameterizedTest
  @MethodSource("committed")
  void theDefinitionFitsIntoAClientSideApply(Path file) throws IOException {
    // kubectl apply keeps the whole object in an annotation, which may have 256 KiB.
    assertThat(Files.size(file)).isLessThan(256 * 1024);
  }
}
