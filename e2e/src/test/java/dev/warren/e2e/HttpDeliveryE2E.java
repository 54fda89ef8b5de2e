package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.DeliveryStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Messages are delivered to a URL. Those for a receiver that is down wait in their queue, and are
 * all delivered when it is back. For how many seconds it is down: -De2e.down.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HttpDeliveryE2E {

  private static final Duration DOWN = Duration.ofSeconds(Integer.getInteger("e2e.down", 20));
  private static final Duration SOON = Duration.ofSeconds(60);

  /** The part of the Pod's 256 MiB that an idle heap may use; stored messages would need more. */
  private static final int GROWTH_MEBIBYTES = 64;

  private static final String QUEUES =
      """
      queues:
        - {name: orders, deadLetter: {queue: failed}}
        - {name: odd, deadLetter: {queue: failed}}
        - {name: failed}
        - {name: loose}
      """;

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-http-delivery");

  private static final Topology topology = namespace.topology("shop");
  private static ClientPod receiver;

  @BeforeAll
  static void start() {
    topology.apply(ONE_NODE + QUEUES).awaitReady();
    receiver = ClientPod.start("receiver", topology, "orders");
  }

  /** The first one, because it counts everything that was ever delivered. */
  @Test
  @Order(1)
  void eachMessageIsDeliveredToAUrlAndARefusedOneIsADeadLetter() {
    Set<String> nodes = topology.podIds();
    topology.apply(ONE_NODE + QUEUES + consumers()).awaitReady();
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
    await("the refused one is a dead letter")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(broker.messages("failed")).isOne());
    await("the other one is gone")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(broker.messages("orders")).isZero());
    assertThat(topology.podIds()).as("the queue node is not disturbed").containsAll(nodes);
  }

  @Test
  @Order(2)
  void noMessageIsLostAndMemoryDoesNotGrow() {
    topology.apply(ONE_NODE + QUEUES + consumers()).awaitReady();
    long failed = topology.broker().messages("failed");
    int first = different();
    ClientPod publisher =
        ClientPod.startWith("PAUSE_BETWEEN=0.02", "publisher", topology, "orders");
    await("messages are delivered").atMost(SOON).until(() -> different() > first + 100);
    PodProcess dispatcher = PodProcess.gateway(dispatcherPod());
    long before = dispatcher.residentMebibytes();

    receiver.signal("USR1");
    await("it is down").atMost(SOON).until(() -> !receiver.report().path("up").asBoolean());
    await("it is down for long").pollDelay(DOWN).atMost(DOWN.plus(SOON)).until(() -> true);
    topology.awaitTrouble("ConsumersReady", "DeliveryFailing", "no connection");
    assertThat(dispatcher.residentMebibytes()).isLessThan(before + GROWTH_MEBIBYTES);
    long waiting = topology.broker().messages("orders");
    assertThat(waiting).as("messages that wait in the queue").isPositive();
    receiver.signal("USR1");

    int confirmed = publisher.stop().path("confirmed").asInt();
    await("every message is delivered")
        .atMost(SOON.plus(Duration.ofMillis(10L * confirmed)))
        .until(() -> different() >= first + confirmed);
    assertThat(topology.broker().messages("failed")).as("dead letters").isEqualTo(failed);
    topology.awaitReady();
    System.out.printf(
        "receiver down for %d s: %d confirmed, lost=0, %d waited, delivered twice=%d, dispatcher"
            + " %d MiB before and %d MiB after%n",
        DOWN.toSeconds(),
        confirmed,
        waiting,
        taken() - different(),
        before,
        dispatcher.residentMebibytes());
  }

  @Test
  @Order(3)
  void aTypoInTheUrlIsReportedAndCorrected() {
    String consumer =
        ONE_NODE
            + QUEUES
            + "consumers: [{name: notify, queue: loose, http: {url: \"http://%s:8080/take\"}}]\n";
    topology.apply(consumer.formatted("no-such-host.invalid")).awaitReady();
    int before = taken();
    topology.broker().publish("loose");

    topology.awaitTrouble(
        "ConsumersReady",
        "DeliveryFailing",
        "http://no-such-host.invalid:8080/take failed: no such host",
        "queue 'loose' has no deadLetter");
    assertThat(eventsWithReason("DeliveryFailing")).contains("no such host: no-such-host.invalid");
    assertThat(eventsWithReason("NoDeadLetter")).contains("queue 'loose' has no deadLetter");

    topology.apply(consumer.formatted(receiverAddress())).awaitReady();
    await("the message is delivered").atMost(SOON).until(() -> taken() == before + 1);
    await("the status has the answer")
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(topology.get().getStatus().consumers().getFirst().delivery())
                    .isNotNull()
                    .extracting(DeliveryStatus::lastAnswer)
                    .asString()
                    .startsWith("HTTP 2"));
  }

  private static int taken() {
    return receiver.report().path("taken").asInt();
  }

  private static String eventsWithReason(String reason) {
    return namespace.run(
        "get",
        "events",
        "--field-selector=reason=" + reason,
        "--output=jsonpath={.items[*].message}");
  }

  private static int different() {
    return receiver.report().path("different").asInt();
  }

  private static String dispatcherPod() {
    return topology.consumers().stream()
        .map(Pod::getMetadata)
        .filter(metadata -> "notify".equals(metadata.getLabels().get("warren.dev/consumer")))
        .map(ObjectMeta::getName)
        .findFirst()
        .orElseThrow();
  }

  private static String consumers() {
    return """
    consumers:
      - name: notify
        queue: orders
        http: {url: "http://%1$s:8080/take", retry: {maxAttempts: 1000, maxDelay: 5s}}
      - {name: nag, queue: odd, http: {url: "http://%1$s:8080/refuse"}}
    """
        .formatted(receiverAddress());
  }

  private static String receiverAddress() {
    return namespace.run("get", "pod", "receiver", "--output=jsonpath={.status.podIP}").strip();
  }
}
