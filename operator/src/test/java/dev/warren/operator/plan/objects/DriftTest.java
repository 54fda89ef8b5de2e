package dev.warren.operator.plan.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "the same           | {image: a:1}                         | {image: a:1}",
        "a quantity         | {resources: {limits: {cpu: 1000m}}}  | {resources: {limits: {cpu: 1}}}",
        "a part             | {resources: {limits: {cpu: 0.5}}}    | {resources: {limits: {cpu: 500m}}}",
        "a binary quantity  | {resources: {limits: {x: 1024Mi}}}   | {resources: {limits: {x: 1Gi}}}",
        "half a gibibyte    | {resources: {limits: {x: .5Gi}}}     | {resources: {limits: {x: 512Mi}}}",
        "an empty list      | {args: []}                           | {}",
        "an empty object    | {resources: {}}                      | {}",
        "an empty text      | {env: [{name: A, value: ''}]}        | {env: [{name: A}]}",
        "no                 | {tty: false}                         | {}",
        "zero               | {readinessProbe: {periodSeconds: 0}} | {readinessProbe: {}}",
        "a default          | {image: a}                           | {image: a, imagePullPolicy: Always}",
        "a protocol | {ports: [{containerPort: 80}]}       | {ports: [{containerPort: 80, protocol: TCP}]}",
        "one more variable  | {env: [{name: A, value: 1}]}         | {env: [{name: B}, {name: A, value: 1}]}",
        "one more mount     | {volumeMounts: [{name: v, mountPath: /a}]}"
            + " | {volumeMounts: [{name: v, mountPath: /b}, {name: v, mountPath: /a}]}",
        "two mounts of one volume"
            + " | {volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /b}]}"
            + " | {volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /b}]}",
        "ports of which some have no name"
            + " | {ports: [{name: a, containerPort: 1}, {containerPort: 2}, {containerPort: 3}]}"
            + " | {ports: [{name: a, containerPort: 1}, {containerPort: 2}, {containerPort: 3}]}",
      })
  void additionsAndNormalizedValuesAreNoDifference(String what, String desired, String actual) {
    assertThat(Drift.between(container(desired), container(actual))).as(what).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "image                 | {image: a:1}              | {image: a:2}",
        "image                 | {image: a:1}              | {}",
        "env[B].value          | {env: [{name: A}, {name: B, value: 1}]}"
            + " | {env: [{name: B, value: 2}, {name: A}]}",
        "env[B]                | {env: [{name: A}, {name: B}]} | {env: [{name: A}]}",
        "env[A].value          | {env: [{name: A, value: ''}]} | {env: [{name: A, value: x}]}",
        "env[A].value          | {env: [{name: A, value: 1.2.3}]} | {env: [{name: A, value: 1.2.4}]}",
        "volumeMounts[/b].name | {volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /b}]}"
            + " | {volumeMounts: [{name: v, mountPath: /a}, {name: w, mountPath: /b}]}",
        "args                  | {args: [a, b]}            | {args: [a]}",
        "args[1]               | {args: [a, b]}            | {args: [a, c]}",
        "tty                   | {tty: false}              | {tty: true}",
        "resources.limits.cpu  | {resources: {limits: {cpu: 1}}} | {resources: {limits: {cpu: 2}}}",
        "resources.limits  | {resources: {limits: {cpu: 1}}} | {resources: {}}",
      })
  void aDifferenceIsReportedWithItsPath(String path, String desired, String actual) {
    assertThat(Drift.between(container(desired), container(actual)))
        .extracting(Difference::path)
        .containsExactly("spec.template.spec.containers[app]." + path);
  }

  @Test
  void allDifferencesAreReportedWithTheirValues() {
    assertThat(
            Drift.between(
                container("{image: a:2, env: [{name: URL, value: 'http://b'}, {name: NEW}]}"),
                container("{image: a:1, env: [{name: URL, value: 'http://a'}]}")))
        .extracting(Difference::toString)
        .containsExactly(
            "spec.template.spec.containers[app].env[URL].value: http://a -> http://b",
            "spec.template.spec.containers[app].env[NEW]: none -> {\"name\":\"NEW\"}",
            "spec.template.spec.containers[app].image: a:1 -> a:2");
  }

  @Test
  void theDifferencesInsideOfJsonAreReported() {
    assertThat(
            Drift.between(
                container("{env: [{name: D, value: '{\"url\": \"http://hook\", \"n\": 1}'}]}"),
                container(
                    "{env: [{name: D, value: '{\"url\": \"http://hok\", \"n\": 1, \"gone\": 2}'}]}")))
        .extracting(Difference::toString)
        .containsExactly(
            "spec.template.spec.containers[app].env[D].value.url: http://hok -> http://hook",
            "spec.template.spec.containers[app].env[D].value.gone: 2 -> none");
  }

  @Test
  void theValuesOfASecretAreNotReported() {
    assertThat(Drift.between(secret("{password: bmV3, user: YQ==}"), secret("{password: b2xk}")))
        .extracting(Difference::toString)
        .containsExactlyInAnyOrder(
            "data.password: (not shown) -> (not shown)", "data.user: none -> (not shown)");
    assertThat(
            Drift.between(
                container("{env: [{name: DB_PASSWORD, value: new}]}"),
                container("{env: [{name: DB_PASSWORD, value: old}]}")))
        .extracting(Difference::toString)
        .containsExactly(
            "spec.template.spec.containers[app].env[DB_PASSWORD].value: (not shown) -> (not shown)");
    assertThat(Drift.between(secret("{password: bmV3}"), secret("{}")))
        .extracting(Difference::toString)
        .noneMatch(text -> text.contains("bmV3"));
  }

  private static HasMetadata secret(String data) {
    return Serialization.unmarshal("kind: Secret\napiVersion: v1\ndata: " + data, Secret.class);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "an injected sidecar   | {containers: [{name: app}]} | {containers: [{name: proxy}, {name: app}]}",
        "an injected container | {containers: [{name: app}]}"
            + " | {containers: [{name: app}], initContainers: [{name: init}]}",
      })
  void injectedContainersAreNoDifference(String what, String desired, String actual) {
    assertThat(Drift.between(deployment(desired), deployment(actual))).as(what).isEmpty();
  }

  @Test
  void aNarrowedSelectorIsADifference() {
    HasMetadata wanted =
        new ServiceBuilder().withNewSpec().addToSelector("a", "b").endSpec().build();
    HasMetadata narrowed =
        new ServiceBuilder()
            .withNewSpec()
            .addToSelector("a", "b")
            .addToSelector("no", "pod")
            .endSpec()
            .build();

    assertThat(Drift.between(wanted, narrowed))
        .extracting(Difference::path)
        .containsExactly("spec.selector");
  }

  private static HasMetadata container(String yaml) {
    return deployment("{containers: [{name: app, " + yaml.substring(1) + "]}");
  }

  private static HasMetadata deployment(String podSpec) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("orders-worker")
        .endMetadata()
        .withNewSpec()
        .withTemplate(Serialization.unmarshal("spec: " + podSpec, PodTemplateSpec.class))
        .endSpec()
        .build();
  }
}
