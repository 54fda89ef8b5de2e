package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs that do not speak AMQP send and receive messages. */
@Order(1)
class EndpointsE2E {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** Long enough for a thousand replies beside other tests. */
  private static final String CROWD =
      Topology.THREE_NODES
          + "queues: [{name: requests}]\n"
          + "endpoints: {requestReply: [{name: requests, port: 10000, queue: requests, timeout: 30s,"
          + " maxConnectionsPerClient: 1000}]}\n"
          + "consumers: [%s]\n"
              .formatted(ClientPod.asPairOfConsumers("responder", "requests", 100));

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-endpoints");

  @AfterEach
  void sendTheCallersHomeAndMakeRoomForTheNext() {
    namespace.run("delete", "pod", "callers", "--ignore-not-found", "--grace-period=1");
    namespace.run("delete", "mtop", "--all", "--timeout=60s");
  }

  @Test
  void socketsAndHttpAreServedWhileANodeIsMissing() {
    namespace.apply(TestBed.example("echo/echo.yaml"));
    Topology echo = namespace.topology("echo").awaitReady();

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
    Topology topology =
        namespace
            .topology("renewed")
            .apply(ONE_NODE + "queues: [{name: notes}]\nendpoints: {publish: {}}\n")
            .awaitReady();

    String before = topology.broker().passwordHashOf("app");
    namespace.run("delete", "secret", "renewed-connection");
    await("there is another password")
        .atMost(SOON)
        .until(() -> !topology.broker().passwordHashOf("app").equals(before));
    // Only new connections need the password.
    PodProcess.rabbit(namespace, "renewed-0").kill();

    topology.awaitTrouble("NodesReady");
    topology.awaitReady();
    assertThat(topology.nodes().getFirst().getStatus().getContainerStatuses())
        .filteredOn(container -> container.getName().equals("gateway"))
        .extracting(ContainerStatus::getRestartCount)
        .containsExactly(1);
  }

  @Test
  void eachOfAThousandClientsGetsItsOwnReplyWhileANodeIsKilled() {
    Topology crowd = namespace.topology("crowd").apply(CROWD).awaitReady();
    ClientPod callers = ClientPod.start("callers", crowd, "requests");
    awaitAnswers(callers, 1500);
    assertThat(callers.report().path("failed").asInt()).as("while all runs").isZero();

    PodProcess.rabbit(namespace, "crowd-2").kill();
    crowd.awaitTrouble("NodesReady");
    crowd.awaitReady();
    awaitAnswers(callers, callers.report().path("answered").asInt() + 1500);

    JsonNode counts = callers.stop();
    System.out.printf("1000 clients, a node killed: %s%n", counts);
    assertThat(counts.path("wrong").asInt()).as("somebody else's bytes").isZero();
    assertThat(counts.path("late").asInt()).as("without an end").isZero();
  }

  @Test
  void noConnectionIsRefusedWhileNodesRestart() {
    Topology door = namespace.topology("door").apply(CROWD).awaitReady();
    ClientPod caller = ClientPod.start("connections", door, "requests");
    awaitAnswers(caller, 200);
    Set<String> before = door.podIds();
    int nodes = door.nodes().size();

    door.apply(
        CROWD.replace("storage: {size: 1Gi}", "storage: {size: 1Gi}, config: 'log.console.level = warning'"));
    await("every node is restarted")
        .atMost(Duration.ofSeconds(240))
        .until(
            () ->
                door.nodes().stream()
                        .filter(pod -> !before.contains(pod.getMetadata().getUid()))
                        .filter(Topology::isReady)
                        .count()
                    == nodes);
    door.awaitReady();
    awaitAnswers(caller, caller.report().path("answered").asInt() + 200);

    JsonNode counts = caller.stop();
    caller.remove();
    System.out.printf("40 connections a second, three nodes restarted: %s%n", counts);
    assertThat(counts.path("refused").asInt()).as("where nothing listened").isZero();
  }

  /**
   * Of 64 MB at once a gateway holds a quarter of its heap, 24 MiB, and refuses the rest. As lines,
   * because under such a load a client may pause for longer than the end of a raw request.
   */
  @Test
  void moreThanTheGatewaysMemoryIsRefusedAndItKeepsServing() {
    Topology flood =
        namespace
            .topology("flood")
            .apply(
                CROWD
                    .replace(Topology.THREE_NODES, ONE_NODE)
                    .replace("timeout:", "framing: Line, timeout:"))
            .awaitReady();
    ClientPod callers = ClientPod.startWith("BYTES=64000", "callers", flood, "requests");
    awaitAnswers(callers, 500);
    JsonNode counts = callers.stop();
    callers.remove();

    System.out.printf("1000 clients with 64,000 bytes each, one gateway: %s%n", counts);
    assertThat(counts.path("failed").asInt()).as("refused for want of memory").isPositive();
    assertThat(counts.path("wrong").asInt()).as("somebody else's bytes").isZero();
    assertThat(counts.path("late").asInt()).as("without an end").isZero();
    assertThat(flood.nodes())
        .flatExtracting(pod -> pod.getStatus().getContainerStatuses())
        .extracting(ContainerStatus::getRestartCount)
        .containsOnly(0);
    awaitAnswers(ClientPod.startWith("BYTES=100", "callers", flood, "requests"), 1000);
  }

  @Test
  void eachMessageIsDeliveredToAUrlAndARefusedOneIsADeadLetter() {
    String queues =
        "queues: [{name: orders}, {name: odd, deadLetter: {queue: failed}}, {name: failed}]\n";
    Topology topology = namespace.topology("webhook").apply(ONE_NODE + queues).awaitReady();
    ClientPod receiver = ClientPod.start("receiver", topology, "orders");
    Set<String> nodes = topology.podIds();
    String address =
        namespace.run("get", "pod", "receiver", "--output=jsonpath={.status.podIP}").strip();

    topology
        .apply(
            ONE_NODE
                + queues
                + """
                consumers:
                  - {name: notify, queue: orders, http: {url: "http://%1$s:8080/take"}}
                  - {name: nag, queue: odd, http: {url: "http://%1$s:8080/refuse"}}
                """
                    .formatted(address))
        .awaitReady();
    Broker broker = topology.broker();
    broker.publish("orders");
    broker.publish("odd");

    await("both are delivered, once")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(receiver.report().path("taken").asInt()).isOne();
              assertThat(receiver.report().path("refused").asInt()).isOne();
            });
    awaitMessages(topology, "failed", 1);
    awaitMessages(topology, "orders", 0);
    assertThat(topology.podIds()).as("the queue node is not disturbed").containsAll(nodes);
  }

  /** Sends through the Service by a plain socket, then by HTTP; fails unless all is answered. */
  private static void call() {
    String job = namespace.create(TestBed.example("echo/call.yaml"));
    namespace.run("wait", "--for=condition=Complete", "--timeout=120s", job);
  }

  private static void awaitAnswers(ClientPod callers, int number) {
    await(number + " requests are answered")
        .atMost(SOON)
        .until(() -> callers.report().path("answered").asInt() >= number);
  }

  private static void awaitMessages(Topology topology, String queue, int number) {
    await(number + " messages in " + queue)
        .atMost(SOON)
        .untilAsserted(() -> assertThat(topology.broker().messages(queue)).isEqualTo(number));
  }
}
