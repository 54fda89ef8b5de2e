package dev.warren.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * A kube-apiserver takes the chart in each of its shapes, and knows every field of it. Monitors are
 * left out: their definitions are the Prometheus operator's.
 */
class ChartApiServerTest {

  @RegisterExtension static final ApiServer api = new ApiServer();

  private static final String IMAGES =
      "image.repository=a/operator,image.tag=v1,queueNode.image=a/queue-node:1,gateway.image=a/gateway:1";

  /** Values for Helm, each set another shape. */
  static final List<String> SHAPES =
      List.of(
          "replicas=1",
          "replicas=2",
          "watchNamespaces={one,two}",
          "topologySelector=!release",
          "crds.install=false",
          "image.digest=sha256:" + "0".repeat(64),
          "priorityClassName=high",
          "imagePullSecrets[0].name=registry",
          "nodeSelector.disk=ssd,podLabels.team=a,podAnnotations.note=b",
          "extraEnv[0].name=A,extraEnv[0].value=b",
          "tolerations[0].operator=Exists",
          "replicas=2,topologySpreadConstraints[0].maxSkew=1"
              + ",topologySpreadConstraints[0].topologyKey=zone"
              + ",topologySpreadConstraints[0].whenUnsatisfiable=ScheduleAnyway",
          "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight=1"
              + ",affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
              + ".preference.matchFields[0].key=metadata.name"
              + ",affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
              + ".preference.matchFields[0].operator=In"
              + ",affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
              + ".preference.matchFields[0].values[0]=n1",
          "resources.limits.memory=1Gi,resources.requests.cpu=1,logLevel=DEBUG");

  @ParameterizedTest
  @FieldSource("SHAPES")
  void everyObjectIsAccepted(String values) throws Exception {
    String namespace = api.namespace();

    List<HasMetadata> objects =
        rendered(namespace, values.replace("{one,two}", "{" + namespace + "}"));

    assertThat(objects).extracting(HasMetadata::getKind).contains("Deployment", "ServiceAccount");
    objects.stream()
        .filter(object -> !(object instanceof CustomResourceDefinition))
        .forEach(ChartApiServerTest::assertAccepted);
  }

  /** It is the same in each shape, and the server takes seconds to check its rules. */
  @Test
  void theDefinitionIsAccepted() throws Exception {
    assertThat(rendered(api.namespace(), SHAPES.getFirst()))
        .filteredOn(CustomResourceDefinition.class::isInstance)
        .hasSize(1)
        .allSatisfy(ChartApiServerTest::assertAccepted);
  }

  private static void assertAccepted(HasMetadata object) {
    assertThat(
            api.client()
                .resource(object)
                .dryRun()
                .fieldValidation(Validation.STRICT)
                .forceConflicts()
                .serverSideApply())
        .isNotNull();
  }

  private static List<HasMetadata> rendered(String namespace, String values)
      throws IOException, InterruptedException {
    String helm =
        Optional.ofNullable(System.getenv("HELM"))
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "HELM does not name the program, so the chart cannot be rendered: use"
                            + " `make check`, or set it as the Makefile does"));
    Process process =
        new ProcessBuilder(
                Stream.of(
                        helm,
                        "template",
                        "warren",
                        "../helm/warren",
                        "--kube-version",
                        api.client().getKubernetesVersion().getGitVersion(),
                        "--namespace",
                        namespace,
                        "--set",
                        IMAGES,
                        "--set",
                        values)
                    .toList())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return api.client().load(new ByteArrayInputStream(text.getBytes(UTF_8))).items();
  }
}
