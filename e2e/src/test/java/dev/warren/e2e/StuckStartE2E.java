package dev.warren.e2e;

import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nodes that start at the same time take turns at the feature flags. Now and then RabbitMQ leaves
 * the turn with a node that is done, and no node can start any more.
 */
class StuckStartE2E {

  /** What RabbitMQ leaves behind. */
  private static final String KEEP_THE_TURN =
      "global:register_name({rabbit_ff_controller, global}, whereis(rabbit_ff_controller)).";

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-stuck-start");

  @Test
  void aNodeThatAnotherOneKeepsFromStartingStarts() {
    Topology topology =
        namespace.topology("orders").apply(THREE_NODES + "queues: [{name: work}]\n").awaitReady();
    assertThat(namespace.run("exec", "orders-0", "--", "rabbitmqctl", "eval", KEEP_THE_TURN))
        .contains("yes");

    PodProcess.rabbit(namespace, "orders-1").kill();

    topology.awaitTrouble("NodesReady", "orders-1");
    topology.awaitReady();
  }
}
