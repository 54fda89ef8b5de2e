package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A delivery in order never comes from two Pods at once. */
class OrderedDeliveryE2E {

  private static final int MESSAGES = 30;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration ALL = Duration.ofSeconds(180);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-ordered");

  @AfterEach
  void makeRoomForTheNext() {
    namespace.run(
        "delete", "pod", "receiver", "publisher", "--ignore-not-found", "--grace-period=1");
    namespace.run("delete", "mtop", "--all", "--timeout=60s");
  }

  @Test
  void changesAndANewNameKeepTheOrder() {
    String queue = "{name: steps}";
    Topology topology = namespace.topology("changed");
    ClientPod receiver = start(topology, queue, 1);

    topology.apply(spec(queue, "notify", 1, "11s"));
    awaitTaken(receiver, 10);
    topology.apply(spec(queue, "renamed", 1, "11s"));

    awaitAllInOrder(receiver);
    topology.awaitReady();
  }

  @Test
  void deletedPodsKeepTheOrderOfAQueueWithASingleActiveConsumer() {
    Topology topology = namespace.topology("evicted");
    ClientPod receiver = start(topology, "{name: steps, singleActiveConsumer: true}", 2);

    // Also the one that delivers: each has time to finish its message.
    topology
        .consumers()
        .forEach(pod -> namespace.run("delete", "pod", pod.getMetadata().getName()));

    awaitAllInOrder(receiver);
    topology.awaitReady();
  }

  /** Returns while messages are being delivered. */
  private static ClientPod start(Topology topology, String queue, int pods) {
    topology.apply(ONE_NODE + "queues: [" + queue + "]\n").awaitReady();
    ClientPod receiver = ClientPod.startWith("TAKES=1", "receiver", topology, "steps");
    topology.apply(spec(queue, "notify", pods, "10s")).awaitReady();
    ClientPod.startWith("MESSAGES=" + MESSAGES, "publisher", topology, "steps");
    awaitTaken(receiver, 3);
    return receiver;
  }

  private static void awaitTaken(ClientPod receiver, int number) {
    await(number + " are taken").atMost(SOON).until(() -> taken(receiver) >= number);
  }

  private static void awaitAllInOrder(ClientPod receiver) {
    await("all are taken")
        .atMost(ALL)
        .until(() -> receiver.report().path("different").asInt() == MESSAGES);
    JsonNode report = receiver.report();
    assertThat(report.path("atATime").asInt()).as("%s", report).isEqualTo(1);
    assertThat(report.path("overtaken").asInt()).as("%s", report).isZero();
  }

  private static int taken(ClientPod receiver) {
    return receiver.report().path("taken").asInt();
  }

  private static String spec(String queue, String consumer, int pods, String timeout) {
    String address =
        namespace.run("get", "pod", "receiver", "--output=jsonpath={.status.podIP}").strip();
    return ONE_NODE
        + """
        queues: [%s]
        consumers:
          - name: %s
            queue: steps
            replicas: %d
            http: {url: "http://%s:8080/take", ordered: true, timeout: %s}
        """
            .formatted(queue, consumer, pods, address, timeout);
  }
}
