package dev.warren.e2e;

import static dev.warren.e2e.TestBed.testbed;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeReplacement;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/** A node that is lost for good is replaced, and nothing that was confirmed is lost with it. */
@Isolated("it takes machines away")
class NodeReplacedE2E {

  private static final int QUEUES = 50;

  /** Bounds what takes about replaceAfter + 20 s; the times themselves are printed. */
  private static final Duration HEALED = Duration.ofSeconds(180);

  private static final Duration TOLD = Duration.ofSeconds(90);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-node-replaced");

  private final Topology topology = namespace.topology("orders");
  private final List<String> cutOff = new ArrayList<>();

  @AfterEach
  void bringBackTheMachines() {
    List.copyOf(cutOff).forEach(this::bringBack);
    topology.delete();
    topology.awaitGone();
  }

  @Test
  void aNodeWhoseMachineIsCutOffIsReplacedAndDoesNoHarmWhenItReturns() {
    topology.apply(nodes("60s") + queues(QUEUES)).awaitReady();
    String stays = Operator.machine();
    NodeStatus lost = nodeAwayFrom(stays);
    Traffic traffic = Traffic.start(stays, topology, queueLedBy(lost.name()));

    long cut = System.nanoTime();
    cutOff(lost.machine());
    awaitReplacementOf(lost.name());

    System.out.printf(
        "machine lost until each of %d queues has all its members again, replaceAfter 60 s: %.1f s%n",
        QUEUES, (System.nanoTime() - cut) / 1e9);
    traffic.awaitMore(200);
    Traffic.Count count = traffic.stop();
    System.out.printf("%s, its queue's leader on the lost machine%n", count);
    assertThat(count.longestPauseMs()).isLessThan(30_000);

    bringBack(lost.machine());
    await("the old Pod has ended")
        .atMost(TOLD)
        .untilAsserted(
            () ->
                assertThat(namespace.run("get", "pods", "--output=name"))
                    .doesNotContain("pod/" + lost.name() + "\n"));
    assertThat(topology.owned(PersistentVolumeClaim.class))
        .as("the lost node's volume goes, by policy")
        .extracting(claim -> claim.getMetadata().getName())
        .doesNotContain("data-" + lost.name());
    assertOneCluster();
    topology.awaitReady();
  }

  @Test
  void theFirstNodeLostWithItsVolumeIsReplacedAndNeverFoundsAnotherCluster() {
    topology.apply(nodes("60s") + queues(3)).awaitReady();
    Traffic traffic = Traffic.start(Operator.machine(), topology, "queue-0");

    namespace.run("delete", "pvc", "data-orders-0", "--wait=false");
    namespace.run("delete", "pod", "orders-0", "--wait=false");
    awaitReplacementOf("orders-0");

    assertOneCluster();
    traffic.awaitMore(200);
    System.out.println(traffic.stop());
  }

  @Test
  void aNodeWhoseVolumeWasEmptiedDoesNotJoinUnderItsOldName() {
    topology.apply(nodes("60s") + queues(3)).awaitReady();
    Traffic traffic = Traffic.start(Operator.machine(), topology, "queue-0");
    topology.awaitJoined("orders-1");

    testbed("wipe-volume", namespace.name(), "data-orders-1");
    namespace.run("delete", "pod", "orders-1", "--wait=false");
    awaitReplacementOf("orders-1");

    assertOneCluster();
    traffic.awaitMore(200);
    System.out.println(traffic.stop());
  }

  @Test
  void twoMachinesSilentAtOnceAreToldAndHeldUntilOneReturns() {
    topology.apply(nodes("20s") + queues(3)).awaitReady();
    List<NodeStatus> away =
        topology.get().getStatus().nodes().members().stream()
            .filter(node -> !node.machine().equals(Operator.machine()))
            .toList();
    Set<String> before = names();
    away.forEach(node -> cutOff(node.machine()));

    topology.awaitTrouble("NodesReady");
    await("Kubernetes notices, and replaceAfter has passed")
        .atMost(TOLD)
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
        .until(() -> names().equals(before));

    bringBack(away.get(0).machine());
    awaitReplacementOf(away.get(1).name());
    assertOneCluster();
  }

  private void awaitReplacementOf(String lost) {
    await(lost + " is replaced")
        .atMost(HEALED)
        .pollInterval(Duration.ofMillis(500))
        // A node that was struck need not answer yet.
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .untilAsserted(
            () -> {
              NodeReplacement last = topology.get().getStatus().nodes().lastReplacement();
              assertThat(last).isNotNull();
              assertThat(last.node()).isEqualTo(lost);
              assertThat(last.replacedBy()).isNotNull();
              assertThat(last.completedAt()).isNotNull();
              assertThat(names()).hasSize(3).doesNotContain(lost);
              assertThat(topology.broker().onlineMembers().values()).containsOnly(3);
            });
    topology.awaitReady();
  }

  /** Every node names the same three. */
  private void assertOneCluster() {
    List<Broker> brokers = topology.brokers();
    assertThat(brokers).hasSize(3);
    assertThat(brokers.stream().map(Broker::runningNodes).collect(toSet()))
        .hasSize(1)
        .first()
        .satisfies(nodes -> assertThat(nodes).hasSize(3));
  }

  private Set<String> names() {
    return topology.nodes().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .map(pod -> pod.getMetadata().getName())
        .collect(toSet());
  }

  private NodeStatus nodeAwayFrom(String machine) {
    return topology.get().getStatus().nodes().members().stream()
        .filter(node -> !node.machine().equals(machine))
        .findFirst()
        .orElseThrow();
  }

  private String queueLedBy(String node) {
    return topology.get().getStatus().queues().stream()
        .filter(queue -> queue.leader().equals(node))
        .map(QueueStatus::name)
        .findFirst()
        .orElseThrow(() -> new AssertionError(node + " leads no queue"));
  }

  private void cutOff(String machine) {
    cutOff.add(machine);
    testbed("machine-down", machine.substring(1));
  }

  private void bringBack(String machine) {
    testbed("machine-up", machine.substring(1));
    cutOff.remove(machine);
    TestBed.kubectl("wait", "--for=condition=Ready", "node/" + machine, "--timeout=90s");
  }

  private static String nodes(String replaceAfter) {
    return "nodes: {replicas: 3, replaceAfter: %s, storage: {size: 1Gi}}\n".formatted(replaceAfter);
  }

  private static String queues(int count) {
    return IntStream.range(0, count)
        .mapToObj("{name: queue-%d}"::formatted)
        .collect(joining(", ", "queues: [", "]\n"));
  }
}
