package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A delivery in order never comes from two Pods at once. */
class OrderedDeliveryE2E {

  private static final int MESSAGES = 20;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration ALL = Duration.ofSeconds(180);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-ordered");

  private final Topology topology = namespace.topology("changed");

  /** {@code OrderedDispatcherStopIT} shows it for a Pod that ends while another one waits. */
  @Test
  void changesAndANewNameKeepTheOrder() {
    topology.apply(ONE_NODE + "queues: [{name: steps}]\n").awaitReady();
    ClientPod receiver = ClientPod.startWith("TAKES=1", "receiver", topology, "steps");
    topology.apply(spec("notify", "10s")).awaitReady();
    ClientPod.startWith("MESSAGES=" + MESSAGES, "publisher", topology, "steps");
    awaitTaken(receiver, 3);

    topology.apply(spec("notify", "11s"));
    awaitTaken(receiver, 10);
    topology.apply(spec("renamed", "11s"));

    awaitAllInOrder(receiver);
    topology.awaitReady();
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

  private static String spec(String consumer, String timeout) {
    String address =
        namespace.run("get", "pod", "receiver", "--output=jsonpath={.status.podIP}").strip();
    return ONE_NODE
        + """
        queues: [{name: steps}]
        consumers:
          - name: %s
            queue: steps
            http: {url: "http://%s:8080/take", ordered: true, timeout: %s}
        """
            .formatted(consumer, address, timeout);
  }
}
