package dev.warren.e2e;

import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A change of the nodes themselves, while messages flow: one node at a time. */
@Order(1)
class RollingE2E {

  private static final String QUEUES = "queues: [{name: flow}, {name: other}]\n";
  private static final Duration ROLLED = Duration.ofSeconds(240);
  private static final Duration OFTEN = Duration.ofMillis(300);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-rolling");

  private static int topologies;

  private final Topology topology = namespace.topology("orders-" + ++topologies);
  private Traffic traffic;

  @BeforeEach
  void startWithTraffic() {
    topology.apply(THREE_NODES + QUEUES).awaitReady();
    traffic = Traffic.start(topology, "flow");
  }

  @AfterEach
  void makeRoomForTheNext() {
    namespace.run("delete", "pods", "publisher", "consumer", "--ignore-not-found");
    topology.deleteWithoutWaiting();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      a line of configuration | config: "log.console.level = warning"
      other resources         | resources: {requests: {cpu: 120m, memory: 600Mi}, limits: {memory: 1Gi}}
      """)
  void aChangeReachesEveryNodeAndStopsOneAtATime(String what, String field) {
    Set<String> before = uids(topology.nodes());
    Set<String> names = names();

    topology.apply(nodes(field));
    long fewestReady = awaitRolled(before);

    assertThat(fewestReady).as("nodes that were ready at the same time").isEqualTo(2);
    assertThat(names()).isEqualTo(names);
    topology.awaitReady();
    traffic.awaitMore(100);
    Traffic.Count count = traffic.stop();
    System.out.printf("rolling change, %s: %s%n", what, count);
    assertThat(count.longestPauseMs()).isLessThan(30_000);
  }

  @Test
  void aBrokenImageStopsAtTheFirstNodeAndCanBeReverted() {
    Set<String> before = uids(topology.nodes());

    topology.apply(nodes("image: \"warren.local/missing:1\""));
    topology.awaitTrouble("NodesReady", "RollingUpdate", "2 of 3 nodes are ready", "missing:1");

    await("the other two are left alone")
        .during(Duration.ofSeconds(20))
        .atMost(Duration.ofSeconds(40))
        .pollInterval(OFTEN)
        .until(() -> topology.brokers().size() == 2 && stillThere(before, topology.nodes()) == 2);
    traffic.awaitMore(100);

    topology.apply(THREE_NODES + QUEUES).awaitReady();
    assertThat(stillThere(before, topology.nodes()))
        .as("nodes that were not restarted")
        .isEqualTo(2);
    traffic.awaitMore(100);
    System.out.printf("broken image, taken back: %s%n", traffic.stop());
  }

  /** Waits until every node has a new Pod and serves; the fewest that were ready meanwhile. */
  private long awaitRolled(Set<String> before) {
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

  private Set<String> names() {
    return topology.nodes().stream()
        .map(Pod::getMetadata)
        .map(metadata -> metadata.getName())
        .collect(Collectors.toSet());
  }

  private static String nodes(String field) {
    return "nodes: {replicas: 3, storage: {size: 1Gi}, %s}\n".formatted(field) + QUEUES;
  }
}
