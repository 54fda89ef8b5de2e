package dev.warren.e2e;

import static dev.warren.e2e.TestBed.CLIENT;
import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes are restarted while messages flow, one at a time: by a change of the nodes, or by hand. */
@Order(3)
class RollingE2E {

  private static final String QUEUES =
      "queues: [{name: flow}, {name: other}, {name: requests}]\n"
          + "endpoints: {requestReply: [{name: requests, port: 10000, queue: requests}]}\n"
          + "consumers: [%s]\n"
              .formatted(ClientPod.asPairOfConsumers("responder", "requests", 100));
  private static final Duration ROLLED = Duration.ofSeconds(240);
  private static final Duration BACK = Duration.ofSeconds(120);
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration OFTEN = Duration.ofMillis(300);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-rolling");

  private static final Topology topology = namespace.topology("orders");

  /** What all nodes have now. */
  private static String spec = THREE_NODES + QUEUES;

  private Traffic traffic;

  @BeforeAll
  static void start() {
    topology.apply(spec).awaitReady();
  }

  @BeforeEach
  void startTraffic() {
    topology.awaitReady();
    traffic = Traffic.start(topology, "flow");
  }

  @AfterEach
  void makeRoomForTheNext() {
    namespace.run("delete", "pods", "publisher", "consumer", "--ignore-not-found");
    topology.apply(spec);
  }

  /** Two changes at once; QueueNodePodTest shows that each of them is one. */
  @Test
  void aChangeReachesEveryNodeAndStopsOneAtATime() {
    ClientPod connections = ClientPod.start("connections", topology, "requests");
    connections.awaitAnswers(100);
    Set<String> before = uids(topology.nodes());
    Set<String> names = topology.nodeNames();

    spec =
        nodes(
            "config: \"log.console.level = warning\", "
                + "resources: {requests: {cpu: 120m, memory: 600Mi}, limits: {memory: 1Gi}}");
    topology.apply(spec);
    long fewestReady = awaitRolled(before);

    assertThat(fewestReady).as("nodes that were ready at the same time").isEqualTo(2);
    assertThat(topology.nodeNames()).isEqualTo(names);
    assertThat(topology.nodes())
        .flatExtracting(node -> node.getSpec().getContainers())
        .filteredOn(container -> container.getName().equals("rabbitmq"))
        .extracting(container -> container.getResources().getLimits().get("memory"))
        .hasSize(3)
        .containsOnly(Quantity.parse("1Gi"));
    topology.awaitReady();
    traffic.awaitMore(50);
    Traffic.Count count = traffic.stop();
    connections.awaitAnswers(connections.report().path("answered").asInt() + 100);
    JsonNode requests = connections.stop();
    connections.remove();
    System.out.printf("rolling change: %s, requests by TCP: %s%n", count, requests);
    assertThat(count.longestPauseMs()).isLessThan(30_000);
    assertThat(requests.path("refused").asInt()).as("refused connections").isZero();
  }

  @Test
  void aBrokenImageStopsAtTheFirstNodeAndCanBeReverted() {
    Set<String> before = uids(topology.nodes());

    topology.apply(nodes("image: \"warren.local/missing:1\""));
    topology.awaitTrouble("NodesReady", "RollingUpdate", "2 of 3 nodes are ready", "missing:1");

    await("the other two are left alone")
        .during(Duration.ofSeconds(15))
        .atMost(Duration.ofSeconds(40))
        .pollInterval(OFTEN)
        .until(() -> topology.brokers().size() == 2 && stillThere(before, topology.nodes()) == 2);
    traffic.awaitMore(50);

    topology.apply(spec).awaitReady();
    assertThat(stillThere(before, topology.nodes()))
        .as("nodes that were not restarted")
        .isEqualTo(2);
    traffic.awaitMore(50);
    System.out.printf("broken image, taken back: %s%n", traffic.stop());
  }

  @Test
  void aDeletedPodReturnsWithItsNameAndDataAndNoConfirmedMessageIsLost() {
    Pod deleted = leader();
    PersistentVolumeClaim volume = volumeOf(deleted);
    namespace.run("delete", "pod", deleted.getMetadata().getName());

    await("the same node is back")
        .atMost(BACK)
        .untilAsserted(
            () ->
                assertThat(topology.nodes())
                    .hasSize(3)
                    .anySatisfy(
                        node -> {
                          assertThat(node.getMetadata().getName())
                              .isEqualTo(deleted.getMetadata().getName());
                          assertThat(node.getMetadata().getUid())
                              .isNotEqualTo(deleted.getMetadata().getUid());
                        }));
    topology.awaitReady();
    await("all three members of the queue are online")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(flow().online()).isEqualTo(3));
    assertThat(volumeOf(deleted).getMetadata().getUid()).isEqualTo(volume.getMetadata().getUid());

    traffic.awaitMore(50);
    Traffic.Count count = traffic.stop();
    System.out.printf("pod deleted: %s%n", count);
    assertThat(count.longestPauseMs()).isLessThan(30_000);
  }

  /** Waits until every node has a new Pod and serves; the fewest that were ready meanwhile. */
  private static long awaitRolled(Set<String> before) {
    long[] fewest = {Long.MAX_VALUE};
    await("every node is restarted")
        .atMost(ROLLED)
        .pollInterval(OFTEN)
        .until(
            () -> {
              // Between two lists of the Pods, an old one may go, and the new one is not there yet.
              List<Pod> nodes = topology.nodes();
              long ready = nodes.stream().filter(Topology::isReady).count();
              fewest[0] = Math.min(fewest[0], ready);
              return ready == 3 && stillThere(before, nodes) == 0;
            });
    return fewest[0];
  }

  private static long stillThere(Set<String> before, List<Pod> nodes) {
    return uids(nodes).stream().filter(before::contains).count();
  }

  private static Set<String> uids(List<Pod> nodes) {
    return nodes.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
  }

  private static Pod leader() {
    String leader = flow().leader();
    return topology.nodes().stream()
        .filter(node -> node.getMetadata().getName().equals(leader))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no node is called " + leader));
  }

  private static QueueStatus flow() {
    return topology.get().getStatus().queues().stream()
        .filter(queue -> queue.name().equals("flow"))
        .findFirst()
        .orElseThrow();
  }

  private static PersistentVolumeClaim volumeOf(Pod node) {
    return CLIENT
        .persistentVolumeClaims()
        .inNamespace(node.getMetadata().getNamespace())
        .withName("data-" + node.getMetadata().getName())
        .get();
  }

  private static String nodes(String field) {
    return "nodes: {replicas: 3, storage: {size: 1Gi}, %s}\n".formatted(field) + QUEUES;
  }
}
