package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One client does its worst at a gateway. Another client, the health check and the metrics do not
 * notice. With how many connections, for how many seconds and in which shapes: -De2e.connections,
 * -De2e.seconds, -De2e.shapes.
 */
class FloodSoak {

  private static final int CONNECTIONS = Integer.getInteger("e2e.connections", 10_000);
  private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("e2e.seconds", 60));

  /** What clients/flood.py can do. */
  private static final String ALL =
      "silence unfinished-heads slow-heads slow-bodies unread-answers chunk-extensions small-chunks"
          + " messages another-protocol tcp-silence tcp-unfinished-requests tcp-slow-requests"
          + " tcp-small-requests tcp-large-requests";

  private static final String SHAPES = System.getProperty("e2e.shapes", ALL);

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int MOST_MILLIS = 1000;
  private static final int MOST_MILLIS_INSIDE = 100;

  /** Those of the broker, of the operator, of the other client, and the listening ones. */
  private static final int FEW_SOCKETS = 100;

  /** The limit of the gateway's container. */
  private static final int MOST_MEBIBYTES = 256;

  /** The time that 99 of 100 answers took at most, and the longest. */
  private record Millis(long p99, long longest) {}

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-flood");

  private final Topology topology = namespace.topology("flooded");

  @BeforeEach
  void serve() {
    topology
        .apply(
            ONE_NODE
                + """
                queues: [{name: events}, {name: requests}]
                endpoints:
                  publish: {}
                  requestReply: [{name: echo, port: 10000, queue: requests, framing: Line}]
                """
                + "consumers: [%s]\n"
                    .formatted(ClientPod.asPairOfConsumers("responder", "requests", 10)))
        .awaitReady();
  }

  @AfterEach
  void removeClients() {
    namespace.run("delete", "pod", "flood", "neighbour", "--ignore-not-found", "--grace-period=1");
  }

  static Stream<String> shapes() {
    return Arrays.stream(SHAPES.split(" "));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void anotherClientDoesNotNotice(String shape) throws Exception {
    ClientPod neighbour = ClientPod.start("neighbour", topology, "events");
    ClientPod flood =
        ClientPod.startWith(
            List.of("SHAPE=" + shape, "CONNECTIONS=" + CONNECTIONS), "flood", topology, "events");

    PodProcess gateway = PodProcess.gateway("flooded-0");
    Millis health = healthChecks();
    JsonNode flooded = flood.report();
    long resident = gateway.residentMebibytes();
    flood.stop();
    await("all connections of the flood are gone")
        .atMost(SOON)
        .until(() -> gateway.sockets() < FEW_SOCKETS);
    int answered = neighbour.report().path("answered").asInt();
    await("it goes on").atMost(SOON).until(() -> answered(neighbour) > answered + 100);
    JsonNode noticed = neighbour.stop();

    System.out.printf(
        "%s: %s; another client: %s; health: %s; %d MiB%n",
        shape, flooded, noticed, health, resident);
    assertThat(noticed.path("failed").asInt()).isZero();
    assertThat(noticed.path("p99").asInt()).isLessThan(MOST_MILLIS);
    assertThat(health.p99()).isLessThan(MOST_MILLIS_INSIDE);
    assertThat(health.longest()).isLessThan(MOST_MILLIS);
    assertThat(resident).isLessThan(MOST_MEBIBYTES);
    assertThat(topology.nodes().getFirst().getStatus().getContainerStatuses())
        .extracting(ContainerStatus::getRestartCount)
        .containsOnly(0);
  }

  private static int answered(ClientPod neighbour) {
    return neighbour.report().path("answered").asInt();
  }

  /**
   * While the flood lasts. One thread does all, because on a busy machine each change of threads in
   * this client would count as the gateway's time.
   */
  private Millis healthChecks() throws IOException, InterruptedException {
    String node = topology.nodes().getFirst().getStatus().getPodIP();
    URL check = URI.create("http://%s:9090/q/health/live".formatted(node)).toURL();
    long end = System.nanoTime() + LENGTH.toNanos();
    List<Long> took = new ArrayList<>();
    // The first one also loads the client's classes.
    check(check);
    while (System.nanoTime() < end) {
      long begin = System.nanoTime();
      check(check);
      took.add(NANOSECONDS.toMillis(System.nanoTime() - begin));
      Thread.sleep(100);
    }
    Collections.sort(took);
    return new Millis(took.get(took.size() * 99 / 100), took.getLast());
  }

  private static void check(URL url) throws IOException {
    HttpURLConnection request = (HttpURLConnection) url.openConnection();
    request.setReadTimeout((int) SOON.toMillis());
    assertThat(request.getResponseCode()).isEqualTo(200);
    request.getInputStream().readAllBytes();
  }
}
