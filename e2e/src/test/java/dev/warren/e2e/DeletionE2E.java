package dev.warren.e2e;

import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topology can always be deleted, and leaves behind what its user asked for. */
@Order(4)
class DeletionE2E {

  private static final String QUEUE_AND_CONSUMER =
      "queues: [{name: work}]\nconsumers: [%s]\n".formatted(ClientPod.asConsumer("worker", "work"));

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-deletion");

  @RegisterExtension static final TestNamespace doomed = new TestNamespace("e2e-deletion-doomed");

  @Test
  void onlyRetainedVolumesStayWithTheLabelsOfTheirUser() {
    String spec = "nodes: {replicas: 1, storage: {size: 1Gi, onDelete: Retain%s}}\n";
    Topology topology = namespace.topology("retained");
    topology.apply(spec.formatted("") + QUEUE_AND_CONSUMER).awaitReady();
    Set<String> pods = topology.podIds();

    topology.apply(spec.formatted(", labels: {backup: nightly}") + QUEUE_AND_CONSUMER).awaitReady();
    assertThat(topology.podIds()).as("nothing restarts for a label").isEqualTo(pods);
    topology.delete();

    topology.awaitOnly(List.of("PersistentVolumeClaim data-retained-0"));
    assertThat(topology.owned(PersistentVolumeClaim.class))
        .extracting(claim -> claim.getMetadata().getLabels())
        .allSatisfy(
            labels ->
                assertThat(labels)
                    .containsEntry("backup", "nightly")
                    // Argo CD would prune it.
                    .doesNotContainKey("app.kubernetes.io/instance"));
  }

  @Test
  void aTopologyWithADeadBrokerIsDeleted() {
    Topology topology = namespace.topology("dead");
    topology.apply(ONE_NODE + QUEUE_AND_CONSUMER).awaitReady();
    topology.nodes().stream()
        .map(pod -> PodProcess.rabbit(namespace, pod.getMetadata().getName()))
        .forEach(PodProcess::kill);

    topology.timeDeletion("with every broker process killed", topology::delete);
  }

  @Test
  void aTopologyWithoutItsSecretsIsDeleted() {
    Topology topology = namespace.topology("unlocked");
    topology.apply(ONE_NODE + QUEUE_AND_CONSUMER).awaitReady();
    namespace.run("delete", "secret", "unlocked-admin", "unlocked-erlang-cookie");

    topology.timeDeletion("with its Secrets gone", topology::delete);
  }

  @Test
  void aTopologyIsDeletedWithItsNamespace() {
    Topology topology = doomed.topology("orders");
    topology.apply(ONE_NODE + QUEUE_AND_CONSUMER).awaitReady();

    topology.timeDeletion(
        "with its namespace",
        () -> kubectl("delete", "namespace", doomed.name(), "--timeout=120s"));
  }

  @Test
  void aTopologyWhoseNodesNeverStartedIsDeleted() {
    Topology topology = namespace.topology("broken");
    topology.apply(
        """
        nodes: {replicas: 1, image: "warren.local/missing:1", storage: {size: 1Gi}}
        queues: [{name: work}]
        """);
    topology.awaitTrouble("NodesReady", "warren.local/missing:1");

    topology.delete();

    topology.awaitGone();
  }
}
