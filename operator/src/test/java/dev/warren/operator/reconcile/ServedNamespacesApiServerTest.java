package dev.warren.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.ApiServer;
import dev.warren.operator.model.ConditionType;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the operator cannot serve does not keep it from serving the rest: a namespace without
 * rights, a topology that it cannot read or reconcile. It has the rights of the chart.
 */
@Tag("apiserver")
class ServedNamespacesApiServerTest {

  @RegisterExtension static final ApiServer server = ApiServer.ofOneClass();

  private static final String USER = "warren";
  private static final String DEFINITION = "messagetopologies.warren.dev";
  private static final String GOOD = "{nodes: {replicas: 1}, queues: [{name: hello}]}";

  private static KubernetesClient operators;

  @BeforeAll
  static void createRole() throws IOException {
    operators =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(server.client().getConfiguration())
                    .withImpersonateUsername(USER)
                    // It retries ten times as often as by default.
                    .withWatchReconnectInterval(100)
                    .build())
            .build();
    PolicyRule[] rules =
        Serialization.unmarshal(
            Files.readString(Path.of("../helm/warren/files/rules.yaml")), PolicyRule[].class);
    server
        .client()
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(USER)
                .endMetadata()
                .withRules(Arrays.asList(rules))
                .build())
        .create();
  }

  @AfterAll
  static void closeClient() {
    operators.close();
  }

  @Test
  void aMissingNamespaceIsReportedAndServedWhenItAppears() {
    String there = served();
    String missing = "missing";
    try (TestOperator operator = new TestOperator(operators, Set.of(there, missing))) {
      create(there, "orders", GOOD);
      awaitStatus(there, "orders");

      assertThat(operator.namespaces().get(there)).isEmpty();
      soon()
          .untilAsserted(
              () ->
                  assertThat(operator.namespaces().get(missing))
                      .hasValueSatisfying(
                          why ->
                              assertThat(why)
                                  .contains("cannot list resource")
                                  .contains("in the namespace \"missing\"")));
      assertThat(operator.served(there)).isEqualTo(1);
      assertThat(operator.served(missing)).isZero();
      assertThat(operator.isReady()).as("it serves a namespace").isTrue();

      server
          .client()
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(missing).endMetadata().build())
          .create();
      bind(missing);
      create(missing, "orders", GOOD);

      awaitStatus(missing, "orders");
      soon().until(() -> operator.namespaces().get(missing).isEmpty());
      soon().until(() -> operator.served(missing) == 1);
    }
  }

  /** As when the namespace is deleted, and its Role with it. */
  @Test
  void aNamespaceIsReportedThatIsLostAndServedWhenItIsBack() {
    String stays = served();
    String goes = served();
    try (TestOperator operator = new TestOperator(operators, Set.of(stays, goes))) {
      create(goes, "orders", GOOD);
      awaitStatus(goes, "orders");

      server.client().resource(binding(goes)).delete();
      soon().until(() -> operator.namespaces().get(goes).isPresent());
      create(stays, "orders", GOOD);
      awaitStatus(stays, "orders");

      bind(goes);
      soon().until(() -> operator.namespaces().get(goes).isEmpty());
      create(goes, "other", GOOD);
      awaitStatus(goes, "other");
    }
  }

  @Test
  void anOperatorThatServesNothingIsNotReadyUntilItDoes() {
    String namespace = server.namespace();
    try (TestOperator operator = new TestOperator(operators, Set.of(namespace))) {
      assertThat(operator.isReady()).isFalse();

      bind(namespace);

      soon().until(operator::isReady);
    }
  }

  @Test
  void aMissingDefinitionIsAwaited() {
    definition().delete();
    soon().until(() -> definition().get() == null);
    String namespace = served();
    try (TestOperator operator = new TestOperator(operators, Set.of(namespace))) {
      soon()
          .untilAsserted(
              () ->
                  assertThat(operator.namespaces().get(namespace))
                      .contains(
                          "the CustomResourceDefinition messagetopologies.warren.dev is not"
                              + " installed"));
      assertThat(operator.isReady()).isFalse();

      server.client().resource(shipped()).create();
      soon().ignoreExceptions().untilAsserted(() -> create(namespace, "orders", GOOD));

      awaitStatus(namespace, "orders");
      soon().until(operator::isReady);
    }
  }

  /** Another version of the definition accepted them. */
  @Test
  void topologiesThatCannotBeReadAreReportedAndTheOthersServed() {
    String namespace = served();
    define(anything());
    soon()
        .ignoreExceptions()
        .untilAsserted(
            () -> create(namespace, "ring", "{queues: [{name: hello, type: ring}], nodes: {}}"));
    create(namespace, "many", "{queues: [{name: hello, members: many}]}");
    create(namespace, "list", "{queues: {hello: {type: quorum}}}");
    create(namespace, "soon", "{nodes: {replicas: 1}, endpoints: {publish: {timeout: soon}}}");
    define(shipped().getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema());
    try (TestOperator operator = new TestOperator(operators, Set.of(namespace))) {
      soon().ignoreExceptions().untilAsserted(() -> create(namespace, "orders", GOOD));

      awaitStatus(namespace, "orders");
      assertReported(namespace, "ring", "spec.queues[0].type: \"ring\" cannot be read by this");
      assertReported(namespace, "many", "spec.queues[0].members: \"many\" cannot be read by this");
      assertReported(namespace, "list", "spec.queues: {} cannot be read by this");
      // It can be read, but not reconciled.
      soon()
          .untilAsserted(
              () ->
                  assertThat(ready(namespace, "soon"))
                      .isPresent()
                      .get()
                      .extracting(Condition::getReason)
                      .isEqualTo("ReconcileFailed"));

      replace(namespace, "many", GOOD);
      soon()
          .untilAsserted(
              () ->
                  assertThat(ready(namespace, "many"))
                      .isPresent()
                      .get()
                      .extracting(Condition::getReason)
                      .isNotEqualTo("InvalidSpec"));
      assertThat(operator.namespaces().get(namespace)).isEmpty();
    }
  }

  private static void assertReported(String namespace, String name, String message) {
    soon()
        .untilAsserted(
            () -> {
              assertThat(ready(namespace, name))
                  .as(name)
                  .isPresent()
                  .get()
                  .satisfies(
                      ready -> {
                        assertThat(ready.getReason()).isEqualTo("InvalidSpec");
                        assertThat(ready.getMessage()).contains(message);
                      });
              assertThat(events(namespace, name))
                  .as(name)
                  .anyMatch(
                      event ->
                          event.getReason().equals("InvalidSpec")
                              && event.getMessage().contains(message));
            });
  }

  private static List<Event> events(String namespace, String name) {
    return server
        .client()
        .v1()
        .events()
        .inNamespace(namespace)
        .withField("involvedObject.name", name)
        .list()
        .getItems();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60));
  }

  private static void awaitStatus(String namespace, String name) {
    soon()
        .alias("%s in %s is served".formatted(name, namespace))
        .until(() -> ready(namespace, name).isPresent());
  }

  private static Optional<Condition> ready(String namespace, String name) {
    return Optional.ofNullable(topology(namespace, name).get().getStatus())
        .map(MessageTopologyStatus::conditions)
        .flatMap(
            conditions ->
                conditions.stream()
                    .filter(c -> c.getType().equals(ConditionType.READY.wireName()))
                    .findFirst());
  }

  private static Resource<MessageTopology> topology(String namespace, String name) {
    return server.client().resources(MessageTopology.class).inNamespace(namespace).withName(name);
  }

  private static void create(String namespace, String name, String spec) {
    server.client().resource(written(name, spec)).inNamespace(namespace).create();
  }

  private static void replace(String namespace, String name, String spec) {
    server
        .client()
        .resource(written(name, spec))
        .inNamespace(namespace)
        .createOr(existing -> existing.update());
  }

  private static GenericKubernetesResource written(String name, String spec) {
    return Serialization.unmarshal(
        """
        apiVersion: warren.dev/v1alpha1
        kind: MessageTopology
        metadata: {name: %s}
        spec: %s
        """
            .formatted(name, spec),
        GenericKubernetesResource.class);
  }

  /** A new namespace in which the operator has its rights. */
  private static String served() {
    String namespace = server.namespace();
    bind(namespace);
    return namespace;
  }

  private static void bind(String namespace) {
    server.client().resource(binding(namespace)).create();
  }

  private static RoleBinding binding(String namespace) {
    return new RoleBindingBuilder()
        .withNewMetadata()
        .withName(USER)
        .withNamespace(namespace)
        .endMetadata()
        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", USER)
        .addNewSubject("rbac.authorization.k8s.io", "User", USER, null)
        .build();
  }

  private static Resource<CustomResourceDefinition> definition() {
    return server.client().apiextensions().v1().customResourceDefinitions().withName(DEFINITION);
  }

  private static CustomResourceDefinition shipped() {
    return server
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .load(ApiServer.DEFINITION.toFile())
        .item();
  }

  private static JSONSchemaProps anything() {
    return new JSONSchemaPropsBuilder()
        .withType("object")
        .withXKubernetesPreserveUnknownFields(true)
        .build();
  }

  private static void define(JSONSchemaProps schema) {
    definition()
        .edit(
            now -> {
              now.getSpec().getVersions().getFirst().getSchema().setOpenAPIV3Schema(schema);
              return now;
            });
  }
}
