package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReasonTest {

  private static final Path PAGE = Path.of("../docs/conditions.md");

  /** Names that are not reasons only: states of Pods and nodes, a condition, and a strategy. */
  private static final Set<Reason> SHARED =
      Set.of(Reason.BECAME_READY, Reason.PAUSED, Reason.ROLLING_UPDATE);

  @ParameterizedTest
  @EnumSource
  void everyReasonHasAUniqueNameAndADocumentationText(Reason reason) {
    assertThat(reason.wireName()).matches("([A-Z]+[a-z]*)+");
    assertThat(Reason.values())
        .filteredOn(other -> other.wireName().equals(reason.wireName()))
        .containsExactly(reason);
    assertThat(reason.meaning()).matches("[A-Z].*\\.");
    assertThat(reason.action()).matches("|[A-Z].*\\.");
    assertThat(reason.conditions()).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void aConditionHasReasonsForEachOfItsStates(ConditionType type) {
    assertThat(type.wireName()).matches("([A-Z][a-z]+)+");
    assertThat(Reason.values())
        .filteredOn(reason -> reason.conditions().contains(type))
        .hasSizeGreaterThan(1);
  }

  @Test
  void theMainCodeUsesEveryReasonAndNamesItOnce() throws IOException {
    List<String> sources = sources();
    for (Reason reason : Reason.values()) {
      assertThat(sources)
          .as("%s is used", reason)
          .anyMatch(Pattern.compile("\\bReason\\." + reason.name() + "\\b").asPredicate());
      if (!SHARED.contains(reason)) {
        assertThat(sources)
            .as("no literal \"%s\"", reason.wireName())
            .noneMatch(source -> source.contains('"' + reason.wireName() + '"'));
      }
    }
  }

  @Test
  void theCommittedPageMatchesTheReasons() {
    assertThat(PAGE)
        .as("run `make conditions` and commit")
        .usingCharset("UTF-8")
        .hasContent(ConditionsReference.text());
  }

  /** All but the one that defines them. */
  private static List<String> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.endsWith("Reason.java"))
          .map(ReasonTest::text)
          .toList();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
