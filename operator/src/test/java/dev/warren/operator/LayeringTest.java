package dev.warren.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Decisions stay apart from effects: what decides can be tested without a cluster or a clock. */
class LayeringTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("dev.warren.operator");

  @Test
  void decisionsUseNoClientAndDoNoInputOrOutput() {
    decisions()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "..operator.broker..",
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
            "..operator.plan..",
            "..operator.scaling..",
            "..operator.status..");
  }
}
