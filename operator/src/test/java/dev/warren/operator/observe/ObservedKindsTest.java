package dev.warren.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ObservedKindsTest {

  static final List<Class<? extends HasMetadata>> KINDS = StateObserver.KINDS;

  private final KubernetesSerialization serialization = new KubernetesSerialization();

  /** Otherwise one object of a later Kubernetes would make the list of all unreadable. */
  @ParameterizedTest
  @FieldSource("KINDS")
  void anObjectWithFieldsOfALaterKubernetesIsRead(Class<? extends HasMetadata> kind) {
    HasMetadata read =
        serialization.unmarshal(
            """
            apiVersion: %s
            kind: %s
            later: {a: [1]}
            metadata: {name: orders, later: {a: [1]}, ownerReferences: [{name: a, later: 1}]}
            spec:
              later: {a: [1]}
              template: {spec: {later: 1, containers: [{name: a, later: {}}]}}
            status: {later: {a: [1]}, phase: LaterPhase, conditions: [{type: Later, later: 1}]}
            """
                .formatted(HasMetadata.getApiVersion(kind), HasMetadata.getKind(kind)),
            kind);

    assertThat(read.getMetadata().getName()).isEqualTo("orders");
  }
}
