package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * With Migrate, arguments that RabbitMQ fixes at the declaration can change. {@link
 * MigrationInterruptedE2E} shows it with three nodes.
 */
@Order(8)
class MigrationE2E {

  private static final int MESSAGES = 1_000;

  /** Two hundred a second, or far fewer beside other tests. */
  private static final Duration PUBLISHED = Duration.ofSeconds(120);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-migration");

  private final Topology topology = namespace.topology("orders");

  @Test
  void aClassicQueueInUseBecomesAQuorumQueue() {
    topology.apply(spec("type: classic")).awaitReady();
    ClientPod publisher = ClientPod.startWith("PAUSE_BETWEEN=0.005", "publisher", topology, "flow");
    await(MESSAGES + " messages wait")
        .atMost(PUBLISHED)
        .until(() -> publisher.report().path("confirmed").asInt() >= MESSAGES);

    assertThat(topology.refusalOf(spec("type: quorum")))
        .contains("spec.queues[0].type", "immutableChanges: Migrate");
    long begun = System.nanoTime();
    topology.apply(spec("type: quorum, immutableChanges: Migrate"));
    topology.awaitTrouble("TopologyDeclared", "Migrating", "flow");
    ClientPod consumer = ClientPod.startWith("DECLARE=no", "consumer", topology, "flow");
    topology.awaitReady();
    double seconds = (System.nanoTime() - begun) / 1e9;

    Broker broker = topology.broker();
    assertThat(broker.queues()).containsExactly("flow");
    assertThat(broker.typeOf("flow")).isEqualTo("quorum");
    assertThat(broker.bindings()).isEqualTo(Set.of(new Broker.Bound("amq.topic", "flow", "f")));
    Traffic.Count count = Traffic.of(publisher, consumer).stop();
    System.out.printf("classic to quorum in %.0f s: %s, lost=0%n", seconds, count);
  }

  private static String spec(String queue) {
    return ONE_NODE
        + "queues: [{name: flow, %s}]\n".formatted(queue)
        + "bindings: [{exchange: amq.topic, queue: flow, routingKey: f}]\n";
  }
}
