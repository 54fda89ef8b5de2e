package dev.warren.e2e;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The number of nodes changes while messages flow. */
@Order(2)
class ScaleE2E {

  private static final int QUEUES = 10;
  private static final Duration SCALED = Duration.ofSeconds(240);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-scale");

  private final Topology topology = namespace.topology("orders");

  @Test
  void everyQueueHasItsMembersAfterEachChangeOfReplicas() {
    topology.apply(spec(1)).awaitReady();
    Traffic traffic = Traffic.start(namespace.operator().machine(), topology, "queue-0");

    topology.apply(spec(3));
    awaitStable(3, 3);
    topology.apply(spec(5));
    awaitStable(5, 3);
    namespace.run("scale", "mtop", "orders", "--replicas=3");
    awaitStable(3, 3);
    topology.apply(spec(1));
    awaitStable(1, 1);

    traffic.awaitMore(50);
    System.out.printf("1 to 3 to 5 to 3 to 1 nodes: %s%n", traffic.stop());
  }

  @Test
  void theOnlyMemberOfAQueueIsKept() {
    Topology kept = namespace.topology("kept");
    kept.apply(
            "nodes: {replicas: 2, storage: {size: 1Gi}}\n"
                + "queues: [{name: a, type: classic}, {name: b, type: classic}, {name: c}]\n")
        .awaitReady();
    int classicNodes =
        (int)
            kept.get().getStatus().queues().stream()
                .filter(queue -> queue.members() == 1)
                .map(queue -> queue.leader())
                .distinct()
                .count();
    List.of("a", "b", "c").forEach(kept.broker()::publish);

    namespace.run("scale", "mtop", "kept", "--replicas=1");

    if (classicNodes == 2) {
      kept.awaitTrouble("NodesReady", "a queue that no other node has");
      assertThat(kept.nodes()).hasSize(2);
    } else {
      kept.awaitReady(SCALED);
      assertThat(kept.nodes()).hasSize(1);
    }
    await("each queue has its message")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(List.of("a", "b", "c"))
                    .allSatisfy(queue -> assertThat(kept.broker().messages(queue)).isOne()));
  }

  private void awaitStable(int nodes, int members) {
    long begun = System.nanoTime();
    topology.awaitReady(SCALED);
    System.out.printf(
        "at rest with %d nodes after %.1f s%n", nodes, (System.nanoTime() - begun) / 1e9);
    assertThat(topology.nodes()).hasSize(nodes);
    assertThat(topology.broker().runningNodes()).hasSize(nodes);
    assertThat(topology.broker().onlineMembers().values())
        .hasSize(QUEUES + 1)
        .containsOnly(members);
    await("no volume is left behind")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(topology.owned(PersistentVolumeClaim.class)).hasSize(nodes));
  }

  private static String spec(int replicas) {
    return "nodes: {replicas: %d, storage: {size: 1Gi}}\n".formatted(replicas)
        + IntStream.range(0, QUEUES)
            .mapToObj("{name: queue-%d}"::formatted)
            .collect(joining(", ", "queues: [{name: log, type: stream}, ", "]\n"));
  }
}
