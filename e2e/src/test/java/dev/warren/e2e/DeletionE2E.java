package dev.warren.e2e;

import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.TestBed.testbed;
import static dev.warren.e2e.Topology.ONE_NODE;
import static dev.warren.e2e.Topology.THREE_NODES;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
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

  @RegisterExtension static final TestNamespace doomed = new TestNamespace("e2e-deletion-doomed");

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
  void aTopologyIsDeletedWhileTheOperatorStartsAnew() {
    Topology topology = namespace.topology("restarted");
    topology.apply(THREE_NODES + QUEUE_AND_CONSUMER).awaitReady();

    measured(
        topology,
        "while the operator is killed",
        () -> {
          namespace.run("delete", "mtop", topology.name(), "--wait=false");
          Operator.kill();
        });
  }

  @Test
  void aTopologyIsDeletedWhoseBrokerIsDead() {
    Topology topology = namespace.topology("dead");
    topology.apply(THREE_NODES + QUEUE_AND_CONSUMER).awaitReady();
    topology.nodes().stream()
        .map(pod -> NodeProcess.rabbit(namespace, pod.getMetadata().getName()))
        .forEach(NodeProcess::kill);

    measured(topology, "with every broker process killed", topology::delete);
  }

  @Test
  void aTopologyIsDeletedWhoseSecretsAreGone() {
    Topology topology = namespace.topology("unlocked");
    topology.apply(THREE_NODES + QUEUE_AND_CONSUMER).awaitReady();
    namespace.run("delete", "secret", "unlocked-admin", "unlocked-erlang-cookie");

    measured(topology, "with its Secrets gone", topology::delete);
  }

  @Test
  void aTopologyGoesWithItsNamespace() {
    Topology topology = doomed.topology("orders");
    topology.apply(THREE_NODES + QUEUE_AND_CONSUMER).awaitReady();

    measured(
        topology,
        "with its namespace",
        () -> kubectl("delete", "namespace", doomed.name(), "--timeout=120s"));
  }

  /**
   * The kubelet alone can say that a Pod has ended; what is on the machine goes when it is back.
   */
  @Test
  void ofATopologyWithAMachineCutOffOnlyWhatIsThereWaitsForIt() {
    Topology topology = namespace.topology("cut-off");
    topology.apply(THREE_NODES + "queues: [{name: work}]").awaitReady();
    NodeStatus away =
        topology.get().getStatus().nodes().members().stream()
            .filter(node -> !node.machine().equals(Operator.machine()))
            .findFirst()
            .orElseThrow();
    String number = away.machine().substring(1);
    testbed("machine-down", number);
    try {
      topology.delete();
      topology.awaitOnly(
          List.of("Pod " + away.name(), "PersistentVolumeClaim data-" + away.name()));
    } finally {
      testbed("machine-up", number);
    }
    kubectl("wait", "--for=condition=Ready", "node/" + away.machine(), "--timeout=90s");

    topology.awaitGone();
  }

  /** Bounded by {@link Topology#awaitGone}. */
  private static void measured(Topology topology, String how, Runnable deletion) {
    long start = System.nanoTime();
    deletion.run();
    topology.awaitGone();
    System.out.printf("deleted %s: %.1f s%n", how, (System.nanoTime() - start) / 1e9);
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
