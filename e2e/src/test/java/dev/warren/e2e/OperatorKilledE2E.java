package dev.warren.e2e;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.e2e.Broker.Bound;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The operator may be killed at any moment: the next one finishes what it began. A deletion needs
 * none.
 */
@Order(6)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorKilledE2E {

  /** How many nodes each topology has. */
  private static final List<Integer> TOPOLOGIES = List.of(3, 1, 1);

  /** One topology is applied at a random moment of each such period. */
  private static final int SPAN_MS = 5_000;

  private static final long SEED = Long.getLong("e2e.seed", System.currentTimeMillis());

  @RegisterExtension
  static final TestNamespace namespace = TestNamespace.withOperator("e2e-operator-killed");

  /** The topologies are at different points before Ready when the operator is killed. */
  @Test
  @Order(1)
  void anInterruptedPassIsFinishedAndNothingIsCreatedTwice() {
    System.out.printf("topologies are applied by the seed -De2e.seed=%d%n", SEED);
    Random random = new Random(SEED);
    List<Topology> topologies = new ArrayList<>();
    List<Long> applied = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = 0; i < TOPOLOGIES.size(); i++) {
      awaitMoment(begun, i * SPAN_MS + random.nextInt(SPAN_MS));
      applied.add(System.nanoTime());
      topologies.add(namespace.topology("orders-" + i).apply(tenQueues(TOPOLOGIES.get(i))));
    }

    Operator.Lease killed = namespace.operator().lease();
    namespace.operator().kill();
    long end = System.nanoTime();
    applied.forEach(
        moment -> System.out.printf("killed %d ms after an apply%n", (end - moment) / 1_000_000));

    namespace.operator().awaitAnother(killed);
    for (int i = 0; i < TOPOLOGIES.size(); i++) {
      assertCompleteWithoutDuplicates(topologies.get(i), TOPOLOGIES.get(i));
    }
    assertThat(namespace.operator().serves(namespace.name())).isTrue();
    assertThat(Operator.SHARED.serves(namespace.name()))
        .as("an operator serves only the topologies that match its selector")
        .isFalse();
  }

  @Test
  @Order(2)
  void aTopologyIsDeletedWhileTheOperatorRestarts() {
    Topology topology = namespace.topology("orders-1").apply(tenQueues(1)).awaitReady();

    topology.timeDeletion(
        "while the operator is killed",
        () -> {
          topology.deleteWithoutWaiting();
          namespace.operator().kill();
        });
  }

  /** The last one: the operator stays away. */
  @Test
  @Order(3)
  void aTopologyIsDeletedWithoutAnOperator() {
    Topology topology = namespace.topology("orders-2").apply(tenQueues(1)).awaitReady();
    namespace.operator().stop();

    topology.delete();

    topology.awaitGone();
  }

  /** Moments in periods that follow each other are less than two periods apart. */
  private static void awaitMoment(long begun, int afterMs) {
    await("the moment to apply")
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofMillis(2 * SPAN_MS))
        .until(() -> System.nanoTime() - begun >= Duration.ofMillis(afterMs).toNanos());
  }

  private static void assertCompleteWithoutDuplicates(Topology topology, int nodes) {
    topology.awaitReady();
    assertThat(topology.nodes()).hasSize(nodes);
    assertThat(topology.owned(PersistentVolumeClaim.class)).hasSize(nodes);
    assertThat(topology.consumers()).hasSize(1);
    Broker broker = topology.broker();
    assertThat(broker.queues()).isEqualTo(queues());
    assertThat(broker.exchanges()).containsExactly("events");
    assertThat(broker.bindings()).isEqualTo(bindings());
  }

  private static Set<String> queues() {
    return IntStream.range(0, 10).mapToObj("queue-%d"::formatted).collect(toSet());
  }

  private static Set<Bound> bindings() {
    return queues().stream()
        .map(queue -> new Bound("events", queue, "to." + queue))
        .collect(toSet());
  }

  private static String tenQueues(int nodes) {
    return "nodes: {replicas: %d, storage: {size: 1Gi}}\n".formatted(nodes)
        + """
        exchanges: [{name: events, type: topic}]
        queues: [%s]
        bindings: [%s]
        consumers: [%s]
        """
            .formatted(
                queues().stream()
                    .map("{name: %s, messageTTL: 1h}"::formatted)
                    .collect(joining(", ")),
                queues().stream()
                    .map("{exchange: events, queue: %1$s, routingKey: to.%1$s}"::formatted)
                    .collect(joining(", ")),
                ClientPod.asConsumer("worker", "queue-0"));
  }
}
