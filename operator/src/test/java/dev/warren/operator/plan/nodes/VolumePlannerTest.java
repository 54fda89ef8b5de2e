package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.PlannedActions.nodeActions;
import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Volumes that grow, and volumes that are kept. */
class VolumePlannerTest {

  private static final MessageTopologySpec THREE = Specs.of(3);

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void aVolumeRequestsTheSizeOfTheSpecAndNeverShrinks() {
    cluster.converge(THREE);
    assertThat(nodeActions(cluster.plan(sized("20Gi"))))
        .containsExactly(
            "Grow PersistentVolumeClaim data-orders-0",
            "Grow PersistentVolumeClaim data-orders-1",
            "Grow PersistentVolumeClaim data-orders-2");

    cluster.converge(sized("20Gi"));
    assertThat(requested("data-orders-1")).isEqualTo("20Gi");
    assertThat(cluster.plan(sized("5Gi")).nodes()).isEmpty();
  }

  /** It would not shrink again when the spec is corrected. */
  @Test
  void noVolumeGrowsWhileAnotherPartOfTheSpecIsInvalid() {
    cluster.converge(sized("1Gi"));

    assertThat(nodeActions(cluster.planNodes(sized("2Gi")))).isEmpty();
    assertThat(cluster.plan(sized("2Gi")).nodes())
        .extracting(KubernetesAction::because)
        .containsOnly("spec.resources.requests.storage: 1Gi -> 2Gi");
  }

  /** Volumes cannot shrink, so nothing but a size in the spec may let them grow. */
  @Test
  void aSizeThatIsLeftOutChangesNothing() {
    cluster.converge(sized("1Gi"));

    assertThat(cluster.plan(unsized(3)).isEmpty()).isTrue();
  }

  @Test
  void withoutASizeANewVolumeIsLikeTheLargestThatExists() {
    cluster.converge(unsized(1));
    assertThat(requested("data-orders-0")).as("the first one").isEqualTo("10Gi");

    cluster.converge(sized("20Gi"));
    cluster.converge(unsized(5));
    assertThat(requested("data-orders-3")).isEqualTo("20Gi");
  }

  @Test
  void aGrowingVolumeDoesNotRestartItsNode() {
    cluster.converge(sized("1Gi"));

    assertThat(nodeActions(cluster.plan(sized("2Gi")))).doesNotContain("Delete Pod orders-2");
    cluster.converge(sized("2Gi"));
    assertThat(nodeActions(cluster.plan(sized("2Gi")))).isEmpty();
  }

  @Test
  void aGrowingVolumeIsReportedAndCountsWithItsPresentSize() {
    cluster.converge(sized("1Gi"));
    IntStream.range(0, 3).forEach(n -> cluster.api().provision(n, "1Gi"));
    String small = diskLimit();
    cluster.converge(sized("5Gi"));

    assertThat(cluster.plan(sized("5Gi")).nodeProblems())
        .extracting(Problem::reason, Problem::message)
        .contains(
            tuple(
                Reason.VOLUME_GROWING,
                "PersistentVolumeClaim data-orders-1 has 1Gi and grows to 5Gi"));
    assertThat(diskLimit()).isEqualTo(small);

    IntStream.range(0, 3).forEach(n -> cluster.api().provision(n, "5Gi"));
    cluster.converge(sized("5Gi"));
    assertThat(cluster.plan(sized("5Gi")).nodeProblems()).isEmpty();
    assertThat(diskLimit()).isEqualTo("disk_free_limit.absolute = 1073741824\n");
  }

  @Test
  void retainedVolumesHaveNoOwnerReference() {
    cluster.converge(THREE);
    cluster.converge(
        Serialization.unmarshal(
            "nodes: {replicas: 3, replaceAfter: 60s, storage: {size: 20Gi, onDelete: Retain}}",
            MessageTopologySpec.class));

    assertThat(
            cluster.get("PersistentVolumeClaim", "data-orders-0").at("/metadata/ownerReferences"))
        .isInstanceOf(MissingNode.class);
    assertThat(cluster.names("Pod")).hasSize(3);
    cluster.converge(THREE);
    assertThat(
            cluster.get("PersistentVolumeClaim", "data-orders-0").at("/metadata/ownerReferences"))
        .hasSize(1);
  }

  private static MessageTopologySpec unsized(int replicas) {
    return Serialization.unmarshal(
        "nodes: {replicas: %d, replaceAfter: 60s, storage: {onDelete: Delete}}".formatted(replicas),
        MessageTopologySpec.class);
  }

  private static MessageTopologySpec sized(String size) {
    return Serialization.unmarshal(
        "nodes: {replicas: 3, replaceAfter: 60s, storage: {size: %s, onDelete: Delete}}"
            .formatted(size),
        MessageTopologySpec.class);
  }

  private String requested(String claim) {
    return cluster
        .get("PersistentVolumeClaim", claim)
        .at("/spec/resources/requests/storage")
        .asText();
  }

  private String diskLimit() {
    return cluster.get("ConfigMap", NAMES.configMap()).at("/data/20-disk.conf").asText();
  }
}
