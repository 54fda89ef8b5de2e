package dev.warren.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.quarkiverse.operatorsdk.annotations.RBACRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chart grants the operator the permissions that its classes declare, and no others. */
class ChartPermissionsTest {

  private record Permission(String apiGroup, String resource, String verb) {}

  @Test
  void theChartGrantsThePermissionsThatTheClassesNeed() throws IOException {
    assertThat(
            chart(
                "rules.yaml",
                "cluster-rules.yaml",
                "machine-lease-rules.yaml",
                "leader-election-rules.yaml"))
        .containsExactlyInAnyOrderElementsOf(classes());
  }

  @Test
  void leasesAreWrittenInTheOperatorsNamespaceOnlyAndThoseOfMachinesRead() throws IOException {
    assertThat(chart("machine-lease-rules.yaml"))
        .containsExactly(new Permission("coordination.k8s.io", "leases", "get"));
    assertThat(chart("leader-election-rules.yaml"))
        .allSatisfy(permission -> assertThat(permission.resource()).isEqualTo("leases"));
    assertThat(chart("rules.yaml", "cluster-rules.yaml"))
        .noneSatisfy(permission -> assertThat(permission.resource()).isEqualTo("leases"));
  }

  private static Set<Permission> classes() {
    return new ClassFileImporter()
        .withImportOption(new DoNotIncludeTests()).importPackages("dev.warren.operator").stream()
            .map(JavaClass::reflect)
            .flatMap(type -> Stream.of(type.getAnnotationsByType(RBACRule.class)))
            .flatMap(
                rule ->
                    permissions(
                        List.of(rule.apiGroups()),
                        List.of(rule.resources()),
                        List.of(rule.verbs())))
            .collect(Collectors.toSet());
  }

  private static Set<Permission> chart(String... files) throws IOException {
    Set<Permission> permissions = new HashSet<>();
    for (String file : files) {
      String yaml = Files.readString(Path.of("../helm/warren/files", file));
      for (PolicyRule rule : new KubernetesSerialization().unmarshal(yaml, PolicyRule[].class)) {
        permissions(rule.getApiGroups(), rule.getResources(), rule.getVerbs())
            .forEach(permissions::add);
      }
    }
    return permissions;
  }

  private static Stream<Permission> permissions(
      List<String> apiGroups, List<String> resources, List<String> verbs) {
    return apiGroups.stream()
        .flatMap(
            apiGroup ->
                resources.stream()
                    .flatMap(
                        resource ->
                            verbs.stream().map(verb -> new Permission(apiGroup, resource, verb))));
  }
}
