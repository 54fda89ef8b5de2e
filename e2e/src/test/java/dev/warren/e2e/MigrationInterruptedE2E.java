package dev.warren.e2e;

import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A queue is recreated without losing a message, whatever is killed meanwhile. */
class MigrationInterruptedE2E {

  /** A move that does not get ahead beside other tests is restarted, and takes longer. */
  private static final Duration CHANGED = Duration.ofMinutes(5);

  @RegisterExtension
  static final TestNamespace namespace = TestNamespace.withOperator("e2e-migration-interrupted");

  private final Topology topology = namespace.topology("orders");

  @Test
  void aQueueWithASingleActiveConsumerIsRecreatedAlthoughTheOperatorAndItsNodeAreKilled() {
    topology.apply(spec("classic")).awaitReady();
    Traffic traffic =
        Traffic.of(
            ClientPod.startWith("PAUSE_BETWEEN=0.02", "publisher", topology, "flow"),
            ClientPod.startWith("DECLARE=no", "consumer", topology, "flow"));
    traffic.awaitMore(100);

    changeMeanwhile("quorum", namespace.operator()::kill);
    changeMeanwhile("classic", leader()::kill);
    changeMeanwhile("quorum", namespace.operator()::kill, leader()::kill);

    System.out.printf("recreated three times: %s, lost=0%n", traffic.stop());
  }

  private void changeMeanwhile(String type, Runnable... faults) {
    long begun = System.nanoTime();
    topology.apply(spec(type));
    topology.awaitTrouble("TopologyDeclared", "Migrating", "flow");
    CompletableFuture.allOf(
            Stream.of(faults).map(CompletableFuture::runAsync).toArray(CompletableFuture[]::new))
        .join();
    topology.awaitReady(CHANGED);

    Broker broker = topology.broker();
    assertThat(broker.queues()).containsExactly("flow");
    assertThat(broker.typeOf("flow")).isEqualTo(type);
    System.out.printf("to %s: %.0f s%n", type, (System.nanoTime() - begun) / 1e9);
  }

  /** The node that leads the queue before it changes. */
  private PodProcess leader() {
    return PodProcess.rabbit(namespace, topology.broker().podOf("flow"));
  }

  private static String spec(String type) {
    return THREE_NODES
        + "queues: [{name: flow, type: %s, singleActiveConsumer: true, immutableChanges: Migrate}]\n"
            .formatted(type);
  }
}
