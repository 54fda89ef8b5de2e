package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/** A topology can always be deleted, and leaves behind what its user asked for. */
@Isolated("it stops the operator")
class DeletionE2E {

  private static final String QUEUE_AND_CONSUMER =
      "queues: [{name: work}]\nconsumers: [%s]\n".formatted(ClientPod.asConsumer("worker", "work"));

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-deletion");

  @AfterEach
  void startTheOperator() {
    Operator.start();
  }

  @Test
  void everythingGoesWithTheTopology() {
    Topology topology = namespace.topology("deleted");
    topology.apply(ONE_NODE + QUEUE_AND_CONSUMER).awaitReady();

    topology.delete();

    topology.awaitGone();
  }

  @Test
  void onlyTheVolumesStayWhenTheyShallBeRetained() {
    Topology topology = namespace.topology("retained");
    topology
        .apply(
            "nodes: {replicas: 1, storage: {size: 1Gi, onDelete: Retain}}\n" + QUEUE_AND_CONSUMER)
        .awaitReady();

    topology.delete();

    topology.awaitOnly(List.of("PersistentVolumeClaim data-retained-0"));
  }

  @Test
  void aTopologyIsDeletedWhileTheOperatorIsAway() {
    Topology topology = namespace.topology("unattended");
    topology.apply(ONE_NODE + QUEUE_AND_CONSUMER).awaitReady();
    Operator.stop();

    topology.delete();

    topology.awaitGone();
  }

  @Test
  void aTopologyIsDeletedWhoseNodesNeverStarted() {
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
