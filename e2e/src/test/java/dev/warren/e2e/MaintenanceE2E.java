package dev.warren.e2e;

import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.TestBed.tryKubectl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import dev.warren.e2e.TestBed.Printed;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Machines are drained for a while, by {@code kubectl drain}; one is away during a deletion. */
@Order(4)
@ResourceLock(MachinesAtRisk.LOCK)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MaintenanceE2E {

  /** The minimum: a machine in maintenance is away for longer. */
  private static final String SPEC =
      """
      nodes: {replicas: 3, replaceAfter: 10s, storage: {size: 1Gi}, %s}
      queues: [{name: flow}]
      """
          .formatted(MachinesAtRisk.PLACEMENT);

  private static final Duration AWAY = Duration.ofSeconds(20);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-maintenance");

  private final Topology topology = namespace.topology("orders");

  private final MachinesAtRisk machines = new MachinesAtRisk();

  @AfterEach
  void openTheMachines() {
    kubectl("uncordon", "--selector=warren.test/at-risk");
    machines.bringBackAll();
  }

  @Test
  @Order(1)
  void machinesAreDrainedOneByOneAndNoNodeIsReplacedAndNoMessageLost() {
    topology.apply(SPEC).awaitReady();
    List<NodeStatus> nodes = topology.get().getStatus().nodes().members();
    NodeStatus first = nodes.get(0);
    NodeStatus second = nodes.get(1);
    Set<String> volumes = topology.volumeIds();
    Traffic traffic = Traffic.start(topology, "flow");

    Printed drained = drain(first.machine(), "90s");
    assertThat(drained.exitCode()).as(drained.text()).isZero();
    topology.awaitTrouble("NodesReady", first.name());
    await("nothing takes the place of a node in maintenance")
        .during(AWAY)
        .atMost(AWAY.multipliedBy(2))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> topology.volumeIds().equals(volumes) && topology.brokers().size() == 2);

    Printed refused = drain(second.machine(), "8s");
    assertThat(refused.exitCode()).as(refused.text()).isNotZero();
    assertThat(refused.text()).contains("violate the pod's disruption budget");
    assertThat(topology.brokers()).hasSize(2);

    kubectl("uncordon", first.machine());
    topology.awaitReady();
    drained = drain(second.machine(), "90s");
    assertThat(drained.exitCode()).as(drained.text()).isZero();
    kubectl("uncordon", second.machine());
    topology.awaitReady();

    assertThat(topology.volumeIds()).isEqualTo(volumes);
    assertThat(topology.get().getStatus().nodes().lastReplacement()).isNull();
    assertThat(topology.broker().onlineMembers()).containsEntry("flow", 3);
    traffic.awaitMore(50);
    Traffic.Count count = traffic.stop();
    System.out.printf("two machines drained, one after the other: %s%n", count);
    assertThat(count.longestPauseMs()).isLessThan(30_000);
  }

  /** Only the kubelet reports the end of a Pod, so those on the machine stay until it returns. */
  @Test
  @Order(2)
  void onlyObjectsOnADisconnectedMachineOutliveTheTopology() {
    topology.apply(SPEC).awaitReady();
    NodeStatus away = topology.get().getStatus().nodes().members().getFirst();
    machines.cutOff(away.machine());

    topology.delete();

    topology.awaitOnly(List.of("Pod " + away.name(), "PersistentVolumeClaim data-" + away.name()));
    machines.bringBack(away.machine());
    topology.awaitGone();
  }

  /** Only queue nodes are evicted; other Pods stay. */
  private Printed drain(String machine, String timeout) {
    return tryKubectl(
        "",
        "drain",
        machine,
        "--ignore-daemonsets",
        "--delete-emptydir-data",
        "--pod-selector=warren.dev/topology=%s,app.kubernetes.io/component=queue-node"
            .formatted(topology.name()),
        "--timeout=" + timeout);
  }
}
