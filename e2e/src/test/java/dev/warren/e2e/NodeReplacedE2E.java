package dev.warren.e2e;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A node whose machine is lost is replaced, no confirmed message is lost, and the old node is
 * harmless when the machine returns.
 */
@Order(1)
@ResourceLock(MachinesAtRisk.LOCK)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodeReplacedE2E {

  private static final int QUEUES = 10;

  /** There are three machines at risk, so that two nodes share one while another is away. */
  private static final String SPEC =
      "nodes: {replicas: 3, replaceAfter: 20s, spreadAfter: 20s, storage: {size: 1Gi}, %s}\n"
              .formatted(MachinesAtRisk.PLACEMENT)
          + IntStream.range(0, QUEUES)
              .mapToObj("{name: queue-%d}"::formatted)
              .collect(joining(", ", "queues: [", "]\n"));

  private static final Duration REPORTED = Duration.ofSeconds(90);

  /** A queue node's grace period is 90 s; it uses it up when nobody is left to hand over to. */
  private static final Duration ENDED = Duration.ofSeconds(150);

  /** The operator looks every half minute, and the old Pod may use up its grace period. */
  private static final Duration SPREAD = Duration.ofMinutes(5);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-node-replaced");

  private static final Topology topology = namespace.topology("orders");

  private final MachinesAtRisk machines = new MachinesAtRisk();

  @BeforeAll
  static void start() {
    topology.apply(SPEC).awaitReady();
  }

  @AfterEach
  void bringBackTheMachines() {
    machines.bringBackAll();
  }

  @Test
  @Order(1)
  void aNodeOnADisconnectedMachineIsReplacedAndOneMovesThereWhenItReturns() {
    topology.awaitTrue("NodesSpread");
    NodeStatus lost = topology.get().getStatus().nodes().members().getFirst();
    Traffic traffic = Traffic.start(topology, queueLedBy(lost.name()));

    long cut = System.nanoTime();
    machines.cutOff(lost.machine());
    topology.awaitReplacementOf(lost.name());
    System.out.printf(
        "machine lost until each of %d queues has all its members again, replaceAfter 20 s: %.1f s%n",
        QUEUES, (System.nanoTime() - cut) / 1e9);
    traffic.awaitMore(50);
    assertThat(topology.condition("NodesSpread").orElseThrow())
        .satisfies(
            spread -> {
              assertThat(spread.getStatus()).isEqualTo("False");
              assertThat(spread.getReason()).isEqualTo("MachineShared");
              assertThat(spread.getMessage()).contains("are on one machine");
            });
    Set<String> shared = topology.nodeNames();

    machines.bringBack(lost.machine());
    long back = System.nanoTime();
    awaitSpread(shared);
    System.out.printf(
        "machine back until each node has its own, spreadAfter 20 s: %.1f s%n",
        (System.nanoTime() - back) / 1e9);
    assertNothingIsLeftOf(lost);
    traffic.awaitMore(50);
    Traffic.Count count = traffic.stop();
    System.out.printf(
        "%s, its queue's leader on the lost machine, and while a node moved%n", count);
    assertThat(count.longestPauseMs()).isLessThan(30_000);
    topology.awaitReady();
    topology.assertOneCluster();
  }

  private static void awaitSpread(Set<String> shared) {
    await("the nodes are spread, and every queue has all its members")
        .atMost(SPREAD)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              assertThat(topology.condition("NodesSpread").orElseThrow().getStatus())
                  .isEqualTo("True");
              assertThat(topology.get().getStatus().nodes().lastReplacement().completedAt())
                  .isNotNull();
              assertThat(topology.nodeNames()).hasSize(3).isNotEqualTo(shared);
            });
    assertThat(topology.get().getStatus().nodes().members())
        .extracting(NodeStatus::machine)
        .doesNotHaveDuplicates();
    assertThat(topology.nodeNames()).as("one node moved").filteredOn(shared::contains).hasSize(2);
  }

  private static void assertNothingIsLeftOf(NodeStatus lost) {
    await("the old Pod has ended")
        .atMost(ENDED)
        .untilAsserted(
            () ->
                assertThat(namespace.run("get", "pods", "--output=name"))
                    .doesNotContain("pod/" + lost.name() + "\n"));
    assertThat(topology.owned(PersistentVolumeClaim.class))
        .as("the lost node's volume goes, by policy")
        .extracting(claim -> claim.getMetadata().getName())
        .doesNotContain("data-" + lost.name());
  }

  /** The last one: afterwards two nodes share a machine. */
  @Test
  @Order(2)
  void twoSilentMachinesAreReportedAndNoNodeIsReplacedUntilOneReturns() {
    topology.awaitReady();
    List<NodeStatus> away = topology.get().getStatus().nodes().members().subList(0, 2);
    Set<String> before = topology.nodeNames();
    away.forEach(node -> machines.cutOff(node.machine()));

    topology.awaitTrouble("NodesReady");
    await("Kubernetes notices, and replaceAfter has passed")
        .atMost(REPORTED)
        .until(
            () ->
                namespace
                        .run("get", "nodes", "--no-headers")
                        .lines()
                        .filter(line -> line.contains("NotReady"))
                        .count()
                    == 2);
    await("nothing is replaced")
        .during(Duration.ofSeconds(30))
        .atMost(Duration.ofSeconds(60))
        .until(() -> topology.nodeNames().equals(before));

    machines.bringBack(away.get(0).machine());
    topology.awaitReplacementOf(away.get(1).name());
    topology.assertOneCluster();
  }

  private static String queueLedBy(String node) {
    return topology.get().getStatus().queues().stream()
        .filter(queue -> queue.leader().equals(node))
        .map(QueueStatus::name)
        .findFirst()
        .orElseThrow(() -> new AssertionError(node + " leads no queue"));
  }
}
