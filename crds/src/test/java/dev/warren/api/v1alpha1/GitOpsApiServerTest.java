package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several field managers, and the ways in which GitOps tools apply and compare. */
@Tag("apiserver")
class GitOpsApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String NAME = "shared";

  private static final String ALL =
      """
      nodes: {replicas: 1, storage: {size: 1Gi}}
      exchanges: [{name: events, type: topic}, {name: alerts, type: fanout}]
      queues: [{name: billing, messageTTL: 1h, deadLetter: {queue: failed}}, {name: failed}]
      bindings:
        - {exchange: events, queue: billing, routingKey: order.paid}
        - {exchange: alerts, queue: failed, routingKey: ""}
      consumers: [{name: notify, queue: billing, scaling: {}, http: {url: "http://shop"}}]
      endpoints: {requestReply: [{name: echo, port: 10000, queue: billing}], publish: {}}
      """;

  private static final String OF_THE_PLATFORM =
      """
      nodes: {replicas: 1, storage: {size: 1Gi}}
      exchanges: [{name: events, type: topic}]
      queues: [{name: billing}]
      bindings: [{exchange: events, queue: billing, routingKey: order.paid}]
      """;

  private static final String OF_A_TEAM =
      """
      queues: [{name: audit}]
      bindings:
        - {exchange: events, queue: audit, routingKey: "order.*"}
        - {exchange: events, queue: audit, routingKey: "refund.*"}
      """;

  @TempDir Path directory;

  @AfterEach
  void delete() {
    server.kubectl("delete", "mtop", NAME, "--namespace=default", "--ignore-not-found");
  }

  @Test
  void twoTeamsOwnTheirQueuesAndBindings() throws IOException {
    serverSide("platform", OF_THE_PLATFORM);
    serverSide("team", OF_A_TEAM);
    serverSide("platform", OF_THE_PLATFORM);
    assertThat(keysOfBindings()).containsExactlyInAnyOrder("order.paid", "order.*", "refund.*");

    serverSide("team", OF_A_TEAM.replaceAll(".*refund.*\n", ""));
    assertThat(keysOfBindings()).containsExactlyInAnyOrder("order.paid", "order.*");
    assertThat(names("queues")).containsExactlyInAnyOrder("billing", "audit");
  }

  @Test
  void whatAnotherTeamOwnsCanOnlyBeChangedByForce() throws IOException {
    serverSide("platform", OF_THE_PLATFORM);

    ApiServer.Printed printed =
        apply(
            "exchanges: [{name: events, type: fanout}]",
            "--server-side",
            "--field-manager=team",
            "--dry-run=server");

    assertThat(printed.exitCode()).isNotZero();
    assertThat(printed.text())
        .contains("conflict with \"platform\"", ".spec.exchanges[name=\"events\"].type");
  }

  /** So Argo CD and Flux, which have one field manager each, need one file for a topology. */
  @Test
  void twoFilesOfOneManagerRemoveEachOthersItems() throws IOException {
    serverSide("argocd-controller", OF_THE_PLATFORM);
    serverSide("argocd-controller", OF_A_TEAM);

    assertThat(names("queues")).containsExactly("audit");
  }

  @Test
  void whatAnotherManagerOwnsIsNoDifference() throws IOException {
    serverSide("argocd-controller", OF_THE_PLATFORM);
    serverSide("team", OF_A_TEAM);

    assertThat(diff(OF_THE_PLATFORM, "--server-side", "--field-manager=argocd-controller"))
        .isEmpty();
  }

  /** In whatever order, also if one of them compares on the client's side. */
  @Test
  void theSameFileUnderSeveralManagersNeverConflicts() throws IOException {
    succeed(ALL);
    serverSide("argocd-controller", ALL);
    serverSide("kustomize-controller", ALL);
    serverSide("argocd-controller", ALL);
    succeed(ALL);
    assertThat(server.resource(NAME).get().getMetadata().getGeneration()).isEqualTo(1);
  }

  @Test
  void whatWasAppliedServerSideDiffersInNeitherComparison() throws IOException {
    serverSide("argocd-controller", ALL);

    assertThat(diff(ALL, "--server-side", "--field-manager=argocd-controller")).isEmpty();
    // For kubectl, the annotation of a client-side apply is the only difference.
    succeed(ALL);
    assertThat(diff(ALL)).isEmpty();
    assertThat(diff(ALL, "--server-side", "--field-manager=argocd-controller")).isEmpty();
  }

  /** The operator then leaves volumes alone; no other size takes the place of this one. */
  @ParameterizedTest
  @ValueSource(strings = {"--server-side=false", "--server-side"})
  void aSizeThatIsLeftOutCanComeBack(String how) throws IOException {
    succeed(ALL, how);
    succeed(ALL.replace(", storage: {size: 1Gi}", ""), how);
    assertThat(storage().has("size")).isFalse();
    succeed(ALL, how);
    assertThat(storage().get("size").textValue()).isEqualTo("1Gi");
  }

  @Test
  void kustomizeMergesListsWithTheDocumentedSchema() throws IOException {
    Files.copy(Path.of("../docs/kustomize/schema.json"), directory.resolve("schema.json"));
    Files.writeString(directory.resolve("base.yaml"), manifest(OF_THE_PLATFORM));
    Files.writeString(
        directory.resolve("kustomization.yaml"),
        """
        resources: [base.yaml]
        openapi: {path: schema.json}
        patches:
          - target: {kind: MessageTopology}
            patch: |-
              apiVersion: warren.dev/v1alpha1
              kind: MessageTopology
              metadata: {name: shared}
              spec:
                queues: [{name: billing, messageTTL: 1h}, {name: audit}]
                bindings: [{exchange: events, queue: audit, routingKey: order.paid}]
        """);

    ApiServer.Printed built = server.kubectl("kustomize", directory.toString());

    assertThat(built.exitCode()).as(built.text()).isZero();
    JsonNode spec =
        spec(
            server.accept(
                new KubernetesSerialization()
                    .unmarshal(built.text(), GenericKubernetesResource.class)));
    assertThat(spec.get("bindings")).hasSize(2);
    assertThat(spec.get("queues"))
        .containsExactlyInAnyOrder(json("{name: billing, messageTTL: 1h}"), json("{name: audit}"));
  }

  private void serverSide(String manager, String spec) throws IOException {
    succeed(spec, "--server-side", "--field-manager=" + manager);
  }

  private void succeed(String spec, String... options) throws IOException {
    ApiServer.Printed printed = apply(spec, options);
    assertThat(printed.exitCode()).as(printed.text()).isZero();
  }

  private ApiServer.Printed apply(String spec, String... options) throws IOException {
    return kubectl("apply", spec, options);
  }

  private String diff(String spec, String... options) throws IOException {
    return kubectl("diff", spec, options).text();
  }

  private ApiServer.Printed kubectl(String command, String spec, String... options)
      throws IOException {
    Path file = directory.resolve("topology.yaml");
    Files.writeString(file, manifest(spec));
    List<String> arguments = new ArrayList<>(List.of(command, "-f", file.toString()));
    arguments.addAll(List.of(options));
    return server.kubectl(arguments.toArray(String[]::new));
  }

  private static String manifest(String spec) {
    return """
        apiVersion: warren.dev/v1alpha1
        kind: MessageTopology
        metadata: {name: %s, namespace: default}
        spec:
        """
            .formatted(NAME)
        + spec.indent(2);
  }

  private static JsonNode storage() {
    return stored().at("/nodes/storage");
  }

  private static Stream<String> keysOfBindings() {
    return texts("bindings", "routingKey");
  }

  private static Stream<String> names(String list) {
    return texts(list, "name");
  }

  private static Stream<String> texts(String list, String field) {
    return stored().get(list).valueStream().map(item -> item.get(field).textValue());
  }

  private static JsonNode stored() {
    return spec(
        server
            .client()
            .genericKubernetesResources("warren.dev/v1alpha1", "MessageTopology")
            .inNamespace("default")
            .withName(NAME)
            .get());
  }

  private static JsonNode spec(GenericKubernetesResource topology) {
    return MAPPER.valueToTree(topology.getAdditionalProperties().get("spec"));
  }

  private static JsonNode json(String yaml) {
    return MAPPER.valueToTree(
        new KubernetesSerialization().unmarshal("---\n" + yaml, Object.class));
  }
}
