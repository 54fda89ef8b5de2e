package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topology that cannot start: its status names the obstacle, and it becomes Ready without it. */
@Order(7)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadInputE2E {

  private static final String QUEUE = "queues: [{name: work}]\n";

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-bad-input");

  @RegisterExtension static final TestNamespace full = new TestNamespace("e2e-full");

  @Test
  void anInvalidSpecStartsNothing() {
    Topology topology = namespace.topology("invalid");
    String binding = "bindings: [{exchange: amq.topic, queue: %s, routingKey: work}]\n";
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

  /** One after the other, because a node that starts is what takes time. */
  @Test
  @Order(1)
  void aQuotaAndImagesThatCannotBePulledAreNamed() {
    full.run("create", "quota", "no-pods", "--hard=pods=0");
    String missing = "warren.local/missing:1";
    String badNode = "nodes: {replicas: 1, image: '%s', storage: {size: 1Gi}}\n".formatted(missing);
    String consumer = "consumers: [" + ClientPod.asConsumer("worker", "work") + "]\n";
    String badConsumer = consumer.replace("warren.local/python-pika:3.14", missing);
    Topology topology = full.topology("orders");

    topology.apply(badNode + QUEUE + badConsumer);
    topology.awaitTrouble("NodesReady", "quota", "no-pods");

    full.run("delete", "quota", "no-pods");
    topology.awaitTrouble("NodesReady", missing);

    topology.apply(ONE_NODE + QUEUE + badConsumer);
    topology.awaitTrue("NodesReady");
    topology.awaitTrouble("ConsumersReady", "worker", missing);

    topology.apply(ONE_NODE + QUEUE + consumer).awaitReady();
  }

  /** With the topology of the test before, because it is ready. */
  @Test
  @Order(2)
  void aNameThatAnotherTopologyHasTakenIsNamedWithItsOwner() {
    Topology older = full.topology("orders").apply(ONE_NODE + QUEUE).awaitReady();

    Topology younger = full.topology("orders-nodes");
    younger.apply(ONE_NODE + QUEUE);

    younger.awaitTrouble(
        "NodesReady", "NameTaken", "Service orders-nodes", "MessageTopology orders");
    older.awaitReady();
    older.delete();
    younger.awaitReady();
  }
}
