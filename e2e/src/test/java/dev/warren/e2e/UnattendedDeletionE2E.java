package dev.warren.e2e;

import static dev.warren.e2e.DeletionE2E.QUEUE_AND_CONSUMER;
import static dev.warren.e2e.Topology.ONE_NODE;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A topology can be deleted also while the operator, or a machine, is away. */
@Order(6)
@ResourceLock(MachinesAtRisk.LOCK)
class UnattendedDeletionE2E {

  @RegisterExtension
  static final TestNamespace namespace = TestNamespace.withOperator("e2e-unattended-deletion");

  private final MachinesAtRisk machines = new MachinesAtRisk();

  @AfterEach
  void everythingIsThereAgain() {
    machines.bringBackAll();
    namespace.operator().start();
  }

  @Test
  void aTopologyIsDeletedWithoutAnOperator() {
    Topology topology = namespace.topology("unattended");
    topology.apply(ONE_NODE + QUEUE_AND_CONSUMER).awaitReady();
    namespace.operator().stop();

    topology.delete();

    topology.awaitGone();
  }

  @Test
  void aTopologyIsDeletedWhileTheOperatorRestarts() {
    Topology topology = namespace.topology("restarted");
    topology.apply(ONE_NODE + QUEUE_AND_CONSUMER).awaitReady();

    topology.timeDeletion(
        "while the operator is killed",
        () -> {
          topology.deleteWithoutWaiting();
          namespace.operator().kill();
        });
  }

  /** Only the kubelet reports the end of a Pod, so those on the machine stay until it returns. */
  @Test
  void onlyObjectsOnADisconnectedMachineWaitForIt() {
    Topology topology = namespace.topology("cut-off");
    topology
        .apply(
            "nodes: {replicas: 2, storage: {size: 1Gi}, %s}\nqueues: [{name: work}]"
                .formatted(MachinesAtRisk.PLACEMENT))
        .awaitReady();
    NodeStatus away = topology.get().getStatus().nodes().members().getFirst();
    machines.cutOff(away.machine());

    topology.delete();

    topology.awaitOnly(List.of("Pod " + away.name(), "PersistentVolumeClaim data-" + away.name()));
    machines.bringBack(away.machine());
    topology.awaitGone();
  }
}
