package dev.warren.operator.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.ApiServer;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Owner;
import dev.warren.operator.plan.validation.PodTemplateDryRun;
import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths are those of the resource, as its user wrote it. */
@Tag("apiserver")
class PodTemplateDryRunnerApiServerTest {

  private static final Images IMAGES =
      new Images("example.org/queue-node:1", "example.org/gateway:1");

  @RegisterExtension static final ApiServer server = new ApiServer();

  private static final String GOOD = "{spec: {containers: [{name: app, image: i}]}}";

  private final KubernetesClient client = server.client();
  private final String namespace = server.namespace();

  @Test
  void aValidTemplateIsAcceptedAndNothingIsCreated() {
    assertThat(violations(consumer(GOOD))).isEmpty();

    assertThat(client.apps().deployments().inNamespace(namespace).list().getItems()).isEmpty();
    assertThat(client.pods().inNamespace(namespace).list().getItems()).isEmpty();
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{containers: [{name: app, imgae: i}]}"
            + "| spec.containers[name=\"app\"].imgae: field not declared in schema",
        "{containers: [{name: app, image: i, env: [{name: A, value: b}, {name: A, value: c}]}]}"
            + "| spec.containers[name=\"app\"].env: duplicate entries for key [name=\"A\"]",
        "{containers: [{name: app, image: i, env: [{name: A}, {value: b}]}]}"
            + "| spec.containers[0].env[1].name: Required value",
        "{containers: [{name: app, image: i, env: [{name: RABBITMQ_HOST, value: h}, {value: b}]}]}"
            + "| spec.containers[0].env[1].name: Required value",
        "{containers: [{name: app, image: i}], initContainers: [{name: x, image: i, env: [{value: b}]}]}"
            + "| spec.initContainers[0].env[0].name: Required value",
        "{containers: [{name: app, image: i, volumeMounts: [{name: none, mountPath: /a}]}]}"
            + "| spec.containers[0].volumeMounts[0].name: Not found: \"none\"",
        "{restartPolicy: Never, containers: [{name: app, image: i}]}"
            + "| spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
        "{}| spec.containers: Required value",
      })
  void aMistakeIsReportedWithItsPathInTheConsumersTemplate(String podSpec, String expected) {
    assertThat(violations(consumer("{spec: " + podSpec + "}")))
        .containsExactly("spec.consumers[1].template." + expected);
  }

  @Test
  void anInvalidQuantityIsReportedAlthoughTheServerNamesNoPath() {
    assertThat(
            violations(
                consumer(
                    "{spec: {containers: [{name: app, image: i,"
                        + " resources: {limits: {cpu: lots}}}]}}")))
        .singleElement()
        .asString()
        .startsWith("spec.consumers[1].template: ")
        .contains("quantities must match");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "podTemplate: {spec: {nodeSelektor: {a: b}}}"
            + "| spec.nodes.podTemplate.spec.nodeSelektor: field not declared in schema",
        "podTemplate: {spec: {containers: [{name: sidecar}]}}"
            + "| spec.nodes.podTemplate.spec.containers[0].image: Required value",
        "podTemplate: {metadata: {labels: {a: '~'}}}"
            + "| spec.nodes.podTemplate.metadata.labels: Invalid value: \"~\"",
        "podTemplate: {spec: {containers: [{name: sidecar, image: i}]}},"
            + " resources: {limits: {cpu: 1}, requests: {cpu: 2}}"
            + "| spec.nodes.resources.requests: Invalid value: \"2\": must be less than or equal to",
        "podTemplate: {spec: {priorityClassName: none}}"
            + "| spec.nodes.podTemplate: pods \"orders-0.proof\" is forbidden: no PriorityClass with name none",
        "image: ' i'| spec.nodes.image: Invalid value: \" i\": must not have leading or trailing",
      })
  void aMistakeIsReportedWithItsPathInTheNodes(String nodes, String expected) {
    assertThat(violations("nodes: {" + STORED + nodes + "}"))
        .singleElement()
        .asString()
        .startsWith(expected);
  }

  /** The existing object would hide the mistake: its name is taken. */
  @Test
  void anExistingObjectDoesNotChangeTheResult() {
    Deployment foreign =
        new DeploymentBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("orders-worker")
            .endMetadata()
            .withNewSpec()
            .withNewSelector()
            .addToMatchLabels("app", "other")
            .endSelector()
            .withNewTemplate()
            .withNewMetadata()
            .addToLabels("app", "other")
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("app")
            .withImage("i")
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();
    client.resource(foreign).create();

    assertThat(violations(consumer(GOOD))).isEmpty();
  }

  /** As when the API server does not answer: an unknown result is not a violation. */
  @Test
  void aRefusalForAnotherReasonIsNotAViolation() {
    Owner elsewhere = new Owner("no-such-namespace", "orders", "uid");

    assertThatThrownBy(
            () ->
                new PodTemplateDryRunner(client)
                    .violations(PodTemplateDryRun.of(elsewhere, spec(consumer(GOOD)), IMAGES)))
        .isInstanceOf(KubernetesClientException.class);
  }

  private static final String STORED = "replicas: 1, storage: {size: 1Gi, onDelete: Delete}, ";

  private static String consumer(String template) {
    return """
        nodes: {replicas: 1, storage: {size: 1Gi, onDelete: Delete}}
        queues: [{name: q}]
        consumers:
          - {name: good, queue: q, replicas: 1, prefetch: 1, template: %s}
          - {name: worker, queue: q, replicas: 1, prefetch: 1, template: %s}
        """
        .formatted(GOOD, template);
  }

  private List<String> violations(String spec) {
    Owner owner = new Owner(namespace, "orders", "uid-of-orders");
    return new PodTemplateDryRunner(client)
        .violations(PodTemplateDryRun.of(owner, spec(spec), IMAGES)).stream()
            .map(Violation::toString)
            .toList();
  }

  private static MessageTopologySpec spec(String spec) {
    return Serialization.unmarshal(spec, MessageTopologySpec.class);
  }
}
