package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topology that cannot start: its status names the obstacle, and it becomes Ready without it. */
class BadInputE2E {

  private static final String QUEUE = "queues: [{name: work}]\n";

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-bad-input");

  @RegisterExtension static final TestNamespace full = new TestNamespace("e2e-full");

  @Test
  void anInvalidSpecStartsNothing() {
    Topology topology = namespace.topology("invalid");
    String binding = "bindings: [{exchange: amq.topic, queue: %s}]\n";
    topology.apply(ONE_NODE + QUEUE + binding.formatted("wrok"));

    topology.awaitTrouble("Validated", "spec.bindings[0].queue: no queue 'wrok' is declared");
    topology.awaitTrouble("NodesReady", "none is started while the spec is invalid");
    assertThat(topology.nodes()).isEmpty();
    assertThat(topology.owned(PersistentVolumeClaim.class)).isEmpty();

    topology.apply(ONE_NODE + QUEUE + binding.formatted("work")).awaitReady();
  }

  @Test
  void anUnknownStorageClassIsNamed() {
    Topology topology = namespace.topology("storage");

    topology.apply(
        "nodes: {replicas: 1, storage: {size: 1Gi, className: no-such-class}}\n" + QUEUE);

    topology.awaitTrouble("NodesReady", "no-such-class");
  }

  @Test
  void aNodesImageThatCannotBePulledIsNamed() {
    Topology topology = namespace.topology("nodes-image");
    topology.apply(
        "nodes: {replicas: 1, image: 'warren.local/missing:1', storage: {size: 1Gi}}\n" + QUEUE);

    topology.awaitTrouble("NodesReady", "warren.local/missing:1");

    topology.apply(ONE_NODE + QUEUE).awaitReady();
  }

  @Test
  void aConsumersImageThatCannotBePulledIsNamed() {
    Topology topology = namespace.topology("consumers-image");
    String consumer = "consumers: [" + ClientPod.asConsumer("worker", "work") + "]\n";
    topology.apply(
        ONE_NODE
            + QUEUE
            + consumer.replace("warren.local/python-pika:3.14", "warren.local/missing:1"));

    topology.awaitTrouble("ConsumersReady", "worker", "warren.local/missing:1");

    topology.apply(ONE_NODE + QUEUE + consumer).awaitReady();
  }

  @Test
  void aQuotaThatRefusesANodeIsNamed() {
    full.run("create", "quota", "no-pods", "--hard=pods=0");
    Topology topology = full.topology("orders");
    topology.apply(ONE_NODE + QUEUE);

    topology.awaitTrouble("NodesReady", "quota", "no-pods");

    full.run("delete", "quota", "no-pods");
    topology.awaitReady();
  }

  @Test
  void aNameThatAnotherTopologyHasTakenIsNamedWithItsOwner() {
    Topology older = namespace.topology("older");
    older.apply(ONE_NODE + QUEUE).awaitReady();

    Topology younger = namespace.topology("older-nodes");
    younger.apply(ONE_NODE + QUEUE);

    younger.awaitTrouble("NodesReady", "NameTaken", "Service older-nodes", "MessageTopology older");
    older.awaitReady();
    older.delete();
    younger.awaitReady();
  }
}
