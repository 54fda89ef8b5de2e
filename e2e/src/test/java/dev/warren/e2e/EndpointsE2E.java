package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs that do not speak AMQP send and receive messages. */
@Order(2)
class EndpointsE2E {

  private static final Duration SOON = Duration.ofSeconds(60);

  private static final String FLOOD =
      ONE_NODE
          + "queues: [{name: requests}]\n"
          + "endpoints: {requestReply: [{name: requests, port: 10000, queue: requests, framing: Line,"
          + " timeout: 30s, maxConnectionsPerClient: 1000}]}\n"
          + "consumers: [%s]\n"
              .formatted(ClientPod.asPairOfConsumers("responder", "requests", 100));

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-endpoints");

  /** The example, with three nodes. */
  private static final Topology echo = namespace.topology("echo");

  private static final Topology flood = namespace.topology("flood");

  @BeforeAll
  static void start() {
    // A thousand replies take longer, beside other tests.
    namespace.apply(
        TestBed.example("echo/echo.yaml")
            .replace("queue: echo}", "queue: echo, timeout: 30s, maxConnectionsPerClient: 1000}")
            .replace("      replicas: 2\n", "      replicas: 2\n      prefetch: 100\n"));
    flood.apply(FLOOD).awaitReady();
    echo.awaitReady();
  }

  @AfterEach
  void sendTheCallersHome() {
    namespace.run("delete", "pod", "callers", "--ignore-not-found", "--grace-period=1");
  }

  @Test
  void socketsAndHttpAreServedWhileANodeIsMissing() {
    call();
    awaitMessages(echo, "notes", 1);

    Pod deleted = echo.nodes().getFirst();
    // It returns when the Pod is gone, before a new one has started.
    namespace.run("delete", "pod", deleted.getMetadata().getName());
    call();
    echo.awaitReady();
    awaitMessages(echo, "notes", 2);
  }

  @Test
  void aGatewayUsesAChangedPassword() {
    Map<String, Integer> before = restarts();
    String password = flood.broker().passwordHashOf("app");
    namespace.run("delete", "secret", "flood-connection");
    await("there is another password")
        .atMost(SOON)
        .until(() -> !flood.broker().passwordHashOf("app").equals(password));
    // Only new connections need the password.
    PodProcess.rabbit(namespace, "flood-0").kill();

    flood.awaitTrouble("NodesReady");
    flood.awaitReady();
    assertThat(restarts()).containsEntry("gateway", before.get("gateway") + 1);
  }

  @Test
  void eachOfAThousandClientsGetsItsOwnReplyWhileANodeIsKilled() {
    ClientPod callers = ClientPod.start("callers", echo, "echo");
    callers.awaitAnswers(1200);
    assertThat(callers.report().path("failed").asInt()).as("while all runs").isZero();

    PodProcess.rabbit(namespace, "echo-2").kill();
    echo.awaitTrouble("NodesReady");
    echo.awaitReady();
    callers.awaitAnswers(callers.report().path("answered").asInt() + 1200);

    JsonNode counts = callers.stop();
    System.out.printf("1000 clients, a node killed: %s%n", counts);
    assertThat(counts.path("wrong").asInt()).as("somebody else's bytes").isZero();
    assertThat(counts.path("late").asInt()).as("without an end").isZero();
  }

  /**
   * Of 64 MB at once a gateway holds a quarter of its heap, 24 MiB, and refuses the rest. As lines,
   * because under such a load a client may pause for longer than the end of a raw request.
   */
  @Test
  void moreThanTheGatewaysMemoryIsRefusedAndItKeepsServing() {
    Map<String, Integer> before = restarts();
    ClientPod callers = ClientPod.startWith("BYTES=64000", "callers", flood, "requests");
    callers.awaitAnswers(500);
    JsonNode counts = callers.stop();
    callers.remove();

    System.out.printf("1000 clients with 64,000 bytes each, one gateway: %s%n", counts);
    assertThat(counts.path("failed").asInt()).as("refused for want of memory").isPositive();
    assertThat(counts.path("wrong").asInt()).as("somebody else's bytes").isZero();
    assertThat(counts.path("late").asInt()).as("without an end").isZero();
    assertThat(restarts()).isEqualTo(before);
    ClientPod.startWith("BYTES=100", "callers", flood, "requests").awaitAnswers(1000);
  }

  /** How often each container of the node was restarted. */
  private static Map<String, Integer> restarts() {
    return flood.nodes().getFirst().getStatus().getContainerStatuses().stream()
        .collect(Collectors.toMap(ContainerStatus::getName, ContainerStatus::getRestartCount));
  }

  /** Sends through the Service by a plain socket, then by HTTP; fails unless all is answered. */
  private static void call() {
    String job = namespace.create(TestBed.example("echo/call.yaml"));
    namespace.run("wait", "--for=condition=Complete", "--timeout=120s", job);
  }

  private static void awaitMessages(Topology topology, String queue, int number) {
    await(number + " messages in " + queue)
        .atMost(SOON)
        .untilAsserted(() -> assertThat(topology.broker().messages(queue)).isEqualTo(number));
  }
}
