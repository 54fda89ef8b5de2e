package dev.warren.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Which package may use which. Decisions stay apart from effects, so that decisions can be tested
 * without a cluster or a clock.
 */
class LayeringTest {

  private static final String ROOT = "dev.warren.operator.";

  /**
   * Each package, and the packages that it may use. A package that is missing here fails the test.
   */
  private static final String ALLOWED =
      """
      model:
      scaling:
      certificates: model
      action: model
      observation: model action scaling
      plan.objects: model action observation
      plan.certificates: model action observation certificates plan.objects
      plan.nodes: model action observation plan.objects plan.topology
      plan.topology: model action observation
      plan.consumers: model action observation scaling plan.objects
      plan.validation: model
      plan: model action observation certificates plan.certificates plan.objects plan.nodes plan.topology plan.consumers
      status: model action observation scaling plan plan.certificates plan.topology plan.validation
      broker: model action observation certificates scaling
      observe: model action observation certificates plan.consumers broker
      load: model observation scaling broker metrics
      metrics: model scaling status
      execute: model action observation plan plan.certificates plan.validation status broker
      config:
      reconcile: certificates config model observation plan plan.validation status scaling broker observe load metrics execute
      """;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("dev.warren.operator");

  @Test
  void eachPackageUsesOnlyAllowedPackages() {
    Map<String, Set<String>> allowed =
        ALLOWED
            .lines()
            .map(line -> line.split(":"))
            .collect(
                toMap(
                    parts -> parts[0],
                    parts -> parts.length > 1 ? words(parts[1]) : Set.of(),
                    (one, other) -> one,
                    TreeMap::new));

    assertThat(
            CLASSES.stream()
                .flatMap(used -> used.getDirectDependenciesFromSelf().stream())
                .filter(dependency -> dependency.getTargetClass().getPackageName().startsWith(ROOT))
                .filter(dependency -> !isAllowed(allowed, dependency))
                .map(Dependency::getDescription))
        .isEmpty();
  }

  private static Set<String> words(String text) {
    return Arrays.stream(text.strip().split(" ")).collect(toCollection(TreeSet::new));
  }

  private static boolean isAllowed(Map<String, Set<String>> allowed, Dependency dependency) {
    String from = packageOf(dependency.getOriginClass());
    String to = packageOf(dependency.getTargetClass());
    return from.equals(to) || allowed.getOrDefault(from, Set.of()).contains(to);
  }

  private static String packageOf(JavaClass type) {
    return type.getPackageName().substring(ROOT.length());
  }

  @Test
  void decisionsUseNoClientAndDoNoInputOrOutput() {
    decisions()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes.client",
            "io.fabric8.kubernetes.client.dsl..",
            "io.javaoperatorsdk..",
            "io.quarkus..",
            "jakarta..",
            "java.net..",
            "java.io..",
            "java.nio.file..")
        .check(CLASSES);
  }

  @Test
  void decisionsReadNoClock() {
    decisions().should().callMethod(Instant.class, "now").check(CLASSES);
  }

  @Test
  void decisionsAreNotRandom() {
    decisions().should().callMethod(UUID.class, "randomUUID").check(CLASSES);
  }

  private static GivenClassesConjunction decisions() {
    return noClasses()
        .that()
        .resideInAnyPackage(
            "..operator.model..",
            "..operator.observation..",
            "..operator.action..",
            "..operator.plan..",
            "..operator.scaling..",
            "..operator.status..");
  }
}
