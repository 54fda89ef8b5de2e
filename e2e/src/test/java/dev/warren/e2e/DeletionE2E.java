package dev.warren.e2e;

import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.Topology.ONE_NODE;
import static dev.warren.e2e.Topology.THREE_NODES;

import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topology can always be deleted, and leaves behind what its user asked for. */
@Order(2)
class DeletionE2E {

  static final String QUEUE_AND_CONSUMER =
      "queues: [{name: work}]\nconsumers: [%s]\n".formatted(ClientPod.asConsumer("worker", "work"));

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-deletion");

  @RegisterExtension static final TestNamespace doomed = new TestNamespace("e2e-deletion-doomed");

  @Test
  void everythingIsDeletedWithTheTopology() {
    Topology topology = namespace.topology("deleted");
    topology.apply(ONE_NODE + QUEUE_AND_CONSUMER).awaitReady();

    topology.delete();

    topology.awaitGone();
  }

  @Test
  void onlyRetainedVolumesStay() {
    Topology topology = namespace.topology("retained");
    topology
        .apply(
            "nodes: {replicas: 1, storage: {size: 1Gi, onDelete: Retain}}\n" + QUEUE_AND_CONSUMER)
        .awaitReady();

    topology.delete();

    topology.awaitOnly(List.of("PersistentVolumeClaim data-retained-0"));
  }

  @Test
  void aTopologyWithADeadBrokerIsDeleted() {
    Topology topology = namespace.topology("dead");
    topology.apply(THREE_NODES + QUEUE_AND_CONSUMER).awaitReady();
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
    topology.apply(THREE_NODES + QUEUE_AND_CONSUMER).awaitReady();

    topology.timeDeletion(
        "with its namespace",
        () -> kubectl("delete", "namespace", doomed.name(), "--timeout=120s"));
  }

  @Test
  void aTopologyWhoseNodesNeverStartedIsDeleted() {
    Topology topology = namespace.topology("broken");
    topology.apply(
        """
        nodes: {replicas: 3, image: "warren.local/missing:1", storage: {size: 1Gi}}
        queues: [{name: work}]
        """);
    topology.awaitTrouble("NodesReady", "warren.local/missing:1");

    topology.delete();

    topology.awaitGone();
  }
}
