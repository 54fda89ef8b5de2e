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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    await().until(() -> publisher.report().path("confirmed").asInt() > 100);
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

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      a line that RabbitMQ does not know | config: "no.such.setting = 1"              | failed_to_prepare_configuration
      an image that cannot be pulled     | image: "registry.invalid/rabbitmq:4"       | registry.invalid
      """)
  void aNodeThatCannotStartIsReportedAndTheOthersServe(String what, String field, String word) {
    topology.apply(NODES.formatted(", " + field) + QUEUES);
    topology.awaitTrouble("NodesReady", word);

    assertThat(topology.nodes()).filteredOn(Topology::isReady).hasSizeGreaterThanOrEqualTo(2);
    awaitMessages();
  }

  @Test
  void aNodeWhoseVolumeIsFullIsReported() {
    topology.apply(NODES.formatted(", config: \"disk_free_limit.absolute = 900TB\"") + QUEUES);

    topology.awaitTrouble("NodesReady", "has run out of disk", "publishers are blocked");
  }
}
