package dev.warren.e2e;

import static dev.warren.e2e.DeletionE2E.QUEUE_AND_CONSUMER;
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

/** A topology can be deleted also while the operator, or a machine, is away. */
@Isolated("it stops the operator")
class UnattendedDeletionE2E {

  @RegisterExtension
  static final TestNamespace namespace = new TestNamespace("e2e-unattended-deletion");

  @AfterEach
  void startTheOperator() {
    Operator.start();
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

    topology.timeDeletion(
        "while the operator is killed",
        () -> {
          namespace.run("delete", "mtop", topology.name(), "--wait=false");
          Operator.kill();
        });
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
}
