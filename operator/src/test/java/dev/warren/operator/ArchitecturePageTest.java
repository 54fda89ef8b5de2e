package dev.warren.operator;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/architecture.md names exists, and it leaves out no package. */
class ArchitecturePageTest {

  private static final String ROOT = "dev.warren.operator.";
  private static final Pattern CLASS = Pattern.compile("`((?:[a-z]+\\.)+[A-Z]\\w+)`");
  private static final Pattern PACKAGE = Pattern.compile("`([a-z]+(?:\\.[a-z]+)?)`");
  private static final Set<JavaClass> CLASSES =
      Set.copyOf(
          new ClassFileImporter()
              .withImportOption(new DoNotIncludeTests())
              .importPackages("dev.warren.operator"));

  @Test
  void theClassesThatItNamesExist() throws IOException {
    Set<String> named = named(CLASS, Files.readString(Path.of("../docs/architecture.md")));

    assertThat(named).hasSizeGreaterThan(20);
    assertThat(CLASSES).extracting(JavaClass::getName).containsAll(prefixed(named));
  }

  @Test
  void itListsEachPackage() throws IOException {
    String page = Files.readString(Path.of("../docs/architecture.md"));
    String table =
        page.substring(page.indexOf("## The operator's"), page.indexOf("## The gateway's"));
    Set<String> packages =
        CLASSES.stream().map(JavaClass::getPackageName).collect(toCollection(TreeSet::new));

    assertThat(prefixed(named(PACKAGE, table))).isEqualTo(packages);
  }

  private static Set<String> named(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(toCollection(TreeSet::new));
  }

  private static Set<String> prefixed(Set<String> names) {
    return names.stream().map(ROOT::concat).collect(toCollection(TreeSet::new));
  }
}
