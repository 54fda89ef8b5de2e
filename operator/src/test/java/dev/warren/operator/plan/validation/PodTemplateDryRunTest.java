package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Owner;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A violation names the user's own field, not the field of the generated object. */
class PodTemplateDryRunTest {

  private static final List<PodTemplateDryRun> PROOFS =
      PodTemplateDryRun.of(
          new Owner("shop", "orders", "uid"),
          Serialization.unmarshal(
              """
              nodes:
                replicas: 1
                storage: {size: 1Gi, onDelete: Delete}
                podTemplate: {spec: {containers: [{name: sidecar, image: i}]}}
              queues: [{name: hello}]
              consumers:
                - name: worker
                  queue: hello
                  replicas: 1
                  prefetch: 1
                  template:
                    spec:
                      initContainers: [{name: init, image: i, env: [{name: A}]}]
                      containers:
                        - {name: app, image: i, env: [{name: A}, {name: B}]}
                        - {name: other, image: i, env: [{name: RABBITMQ_HOST}, {name: RABBITMQ_URI}]}
                - name: notify
                  queue: hello
                  replicas: 1
                  http:
                    url: http://shop
                    method: POST
                    timeout: 5s
                    concurrency: 8
                    contentMode: Binary
                    retry: {maxAttempts: 1, initialDelay: 1s, maxDelay: 1s}
                    podTemplate: {spec: {containers: [{name: proxy, image: i, env: [{name: A}]}]}}
              """,
              MessageTopologySpec.class),
          new Images("example.org/queue-node:1", "example.org/gateway:1"));

  /** The operator's variables are ten; in the second container the user has set two of them. */
  @ParameterizedTest
  @CsvSource({
    "spec.template.spec.containers[0].env[10].name, spec.containers[0].env[0].name",
    "spec.template.spec.containers[0].env[11], spec.containers[0].env[1]",
    "spec.template.spec.containers[1].env[8].name, spec.containers[1].env[0].name",
    "spec.template.spec.initContainers[0].env[10].name, spec.initContainers[0].env[0].name",
    "spec.template.spec.containers[0].env, spec.containers[0].env",
    "spec.template.spec.containers[0].envFrom[0], spec.containers[0].envFrom[0]",
    "spec.template.spec.containers[0].image, spec.containers[0].image",
    "spec.template.spec.volumes[0], spec.volumes[0]",
    "spec.template.labels, labels",
  })
  void aConsumersTemplateIsTried(String field, String expected) {
    assertThat(PROOFS.get(1).userPath(field)).isEqualTo("spec.consumers[0].template." + expected);
  }

  @ParameterizedTest
  @CsvSource({
    "spec.template.spec.containers[1].resources.limits, resources.limits",
    "spec.template.spec.containers[0].resources.limits, podTemplate.spec.containers[0].resources.limits",
    "spec.template.spec.containers[0].env[10].name, podTemplate.spec.containers[0].env[0].name",
    "spec.template.spec.nodeSelector, podTemplate.spec.nodeSelector",
  })
  void aDeliverysTemplateIsTried(String field, String expected) {
    assertThat(PROOFS.get(2).userPath(field)).isEqualTo("spec.consumers[1].http." + expected);
  }

  @ParameterizedTest
  @CsvSource({
    "spec.containers[0].image, spec.nodes.podTemplate.spec.containers[0].image",
    "spec.containers[1].image, spec.nodes.image",
    "spec.containers[1].imagePullPolicy, spec.nodes.podTemplate.spec.containers[1].imagePullPolicy",
    "spec.containers[1].resources.requests, spec.nodes.resources.requests",
    "metadata.labels, spec.nodes.podTemplate.metadata.labels",
  })
  void aNodesTemplateIsTried(String field, String expected) {
    assertThat(PROOFS.get(0).userPath(field)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"spec.selector", "spec.templates", "metadata.name"})
  void pathsOutsideTheTemplateAreKept(String field) {
    assertThat(PROOFS.get(1).userPath(field)).isEqualTo(field);
  }
}
