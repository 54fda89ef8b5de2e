package dev.warren.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nodes that stop, also all at once, and nodes that cannot start: reported, and nothing is lost.
 */
@Order(2)
class StartStopE2E {

  private static final String NODES = "nodes: {replicas: 3, storage: {size: 1Gi}%s}\n";
  private static final String QUEUES = "queues: [{name: kept}]\n";
  private static final String GOOD = NODES.formatted("") + QUEUES;
  private static final Duration BACK = Duration.ofSeconds(240);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-start-stop");

  private static final Topology topology = namespace.topology("orders");
  private static Set<String> volumes;
  private static long messages;

  @BeforeAll
  static void keepMessages() {
    topology.apply(GOOD).awaitReady();
    ClientPod publisher = ClientPod.start("publisher", topology, "kept");
    await().until(() -> publisher.report().path("confirmed").asInt() > 50);
    messages = publisher.stop().path("confirmed").asInt();
    publisher.remove();
    volumes = topology.volumeIds();
  }

  @AfterEach
  void nothingIsDestroyed() {
    topology.apply(GOOD).awaitReady(BACK);
    assertThat(topology.volumeIds()).isEqualTo(volumes);
    assertThat(topology.nodes())
        .extracting(pod -> pod.getMetadata().getName())
        .containsExactlyInAnyOrder("orders-0", "orders-1", "orders-2");
    awaitMessages();
  }

  /** RabbitMQ updates the counts every 5 s. */
  private static void awaitMessages() {
    await("every confirmed message is there")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(topology.broker().messages("kept")).isGreaterThanOrEqualTo(messages));
  }

  @Test
  void allNodesAreStoppedAtTheSameTime() {
    Set<String> before = topology.podIds();
    namespace.run("delete", "pods", "--selector=app.kubernetes.io/component=queue-node");

    topology.awaitReady(BACK);
    assertThat(topology.podIds()).doesNotContainAnyElementsOf(before);
  }

  @Test
  void allBrokersAreKilledAtTheSameTime() {
    topology
        .nodes()
        .forEach(pod -> PodProcess.rabbit(namespace, pod.getMetadata().getName()).kill());

    topology.awaitTrouble("NodesReady", "of 3 nodes are ready");
    topology.awaitReady(BACK);
  }

  /** Where an image cannot be pulled: {@link RollingE2E}. */
  @Test
  void aNodeThatCannotStartIsReportedAndTheOthersServe() {
    topology.apply(NODES.formatted(", config: \"no.such.setting = 1\"") + QUEUES);
    topology.awaitTrouble("NodesReady", "failed_to_prepare_configuration");

    assertThat(topology.nodes()).filteredOn(Topology::isReady).hasSizeGreaterThanOrEqualTo(2);
    awaitMessages();
  }

  @Test
  void aNodeWhoseVolumeIsFullIsReported() {
    setDiskLimit(900_000_000_000_000L);
    try {
      topology.awaitTrouble("NodesReady", "has run out of disk", "publishers are blocked");
    } finally {
      setDiskLimit(50_000_000);
    }
  }

  /** How much must be free, in bytes, until the node starts again. */
  private static void setDiskLimit(long bytes) {
    namespace.run(
        "exec", "orders-1", "--", "rabbitmqctl", "set_disk_free_limit", String.valueOf(bytes));
  }
}
