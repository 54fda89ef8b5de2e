package dev.warren.operator.plan.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.observation.ObservedObjects;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A field that the operator no longer sets is reported, although nothing desired differs. */
class ReleasedFieldsTest {

  private static final String LIMITED =
      "{name: app, image: a:1, resources: {limits: {memory: 1Gi}}, env: [{name: A, value: x}],"
          + " ports: [{containerPort: 80, protocol: TCP}]}";

  private static final String OWNED =
      """
      f:spec:
        f:replicas: {}
        f:template:
          f:spec:
            f:containers:
              'k:{"name":"app"}':
                .: {}
                f:name: {}
                f:image: {}
                f:resources: {f:limits: {f:memory: {}}}
                f:env:
                  'k:{"name":"A"}': {.: {}, f:name: {}, f:value: {}}
                f:ports:
                  'k:{"containerPort":80,"protocol":"TCP"}': {.: {}, f:containerPort: {}}
      """;

  @Test
  void aFieldThatIsNoLongerSetIsReported() {
    assertThat(
            ReleasedFields.of(
                deployment("{name: app, image: a:1, ports: [{containerPort: 80}]}", ""),
                deployment(LIMITED, OWNED)))
        .extracting(Difference::toString)
        .containsExactlyInAnyOrder(
            "spec.template.spec.containers[app].resources: {\"limits\":{\"memory\":\"1Gi\"}} -> none",
            "spec.template.spec.containers[app].env: [{\"name\":\"A\",\"value\":\"x\"}] -> none");
  }

  @Test
  void anItemThatIsNoLongerSetIsReported() {
    assertThat(
            ReleasedFields.of(
                deployment(LIMITED.replace("name: A", "name: B"), ""), deployment(LIMITED, OWNED)))
        .extracting(Difference::path)
        .containsExactly("spec.template.spec.containers[app].env[A]");
  }

  @Test
  void whatOthersHaveSetIsNotReported() {
    Deployment theirs = deployment(LIMITED, OWNED);
    theirs.getMetadata().getManagedFields().getFirst().setManager("kubectl");

    assertThat(ReleasedFields.of(deployment("{name: app, image: a:1}", ""), theirs)).isEmpty();
    assertThat(ReleasedFields.of(deployment(LIMITED, ""), deployment(LIMITED, OWNED))).isEmpty();
  }

  /** Instead of the fingerprint, which is the only desired field that differs. */
  @Test
  void thePlanNamesIt() {
    Deployment actual = deployment(LIMITED, OWNED);

    assertThat(
            new ObjectPlanner(new ObservedObjects(List.of(actual)))
                .plan(deployment("{name: app, image: a:1, env: [{name: A, value: x}]}", "")))
        .map(KubernetesAction::because)
        .hasValueSatisfying(
            because ->
                assertThat(because)
                    .contains("resources: {\"limits\":{\"memory\":\"1Gi\"}} -> none")
                    .doesNotContain("warren.dev/revision"));
  }

  private static Deployment deployment(String container, String owned) {
    Deployment deployment =
        Serialization.unmarshal(
            """
            kind: Deployment
            apiVersion: apps/v1
            metadata: {name: orders-worker, annotations: {warren.dev/revision: before}}
            spec: {replicas: 1, template: {spec: {containers: [%s]}}}
            """
                .formatted(container),
            Deployment.class);
    if (owned.isEmpty()) {
      deployment.getMetadata().setAnnotations(null);
    } else {
      deployment
          .getMetadata()
          .setManagedFields(
              List.of(
                  Serialization.unmarshal(
                      "manager: warren-operator\noperation: Apply\nfieldsV1:\n" + owned.indent(2),
                      ManagedFieldsEntry.class)));
    }
    return deployment;
  }
}
