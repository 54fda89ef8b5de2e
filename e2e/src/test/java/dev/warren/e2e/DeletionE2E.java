package dev.warren.e2e;

import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
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

  private static final String SPEC = ONE_NODE + QUEUE_AND_CONSUMER;
  private static final String RETAINED =
      "nodes: {replicas: 1, storage: {size: 1Gi, onDelete: Retain%s}}\n" + QUEUE_AND_CONSUMER;

  private static final Topology retained = namespace.topology("retained");
  private static final Topology dead = namespace.topology("dead");
  private static final Topology unlocked = namespace.topology("unlocked");
  private static final Topology orders = doomed.topology("orders");

  /** All at once, because each of them takes its time to become ready. */
  @BeforeAll
  static void start() {
    retained.apply(RETAINED.formatted(""));
    List.of(dead, unlocked, orders).forEach(topology -> topology.apply(SPEC));
  }

  @Test
  void onlyRetainedVolumesStayWithTheLabelsOfTheirUser() {
    Set<String> pods = retained.awaitReady().podIds();

    retained.apply(RETAINED.formatted(", labels: {backup: nightly}")).awaitReady();
    assertThat(retained.podIds()).as("nothing restarts for a label").isEqualTo(pods);
    retained.delete();

    retained.awaitOnly(List.of("PersistentVolumeClaim data-retained-0"));
    assertThat(retained.owned(PersistentVolumeClaim.class))
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
    dead.awaitReady().nodes().stream()
        .map(pod -> PodProcess.rabbit(namespace, pod.getMetadata().getName()))
        .forEach(PodProcess::kill);

    dead.timeDeletion("with every broker process killed", dead::delete);
  }

  @Test
  void aTopologyWithoutItsSecretsIsDeleted() {
    unlocked.awaitReady();
    namespace.run("delete", "secret", "unlocked-admin", "unlocked-erlang-cookie");

    unlocked.timeDeletion("with its Secrets gone", unlocked::delete);
  }

  @Test
  void aTopologyIsDeletedWithItsNamespace() {
    orders.awaitReady();

    orders.timeDeletion(
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
