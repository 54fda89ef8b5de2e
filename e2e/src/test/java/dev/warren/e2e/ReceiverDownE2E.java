package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Messages for a receiver that is down wait in their queue, and are all delivered when it is back.
 * For how many seconds it is down: -De2e.down.
 */
class ReceiverDownE2E {

  private static final Duration DOWN = Duration.ofSeconds(Integer.getInteger("e2e.down", 20));
  private static final Duration SOON = Duration.ofSeconds(60);

  /** The part of the Pod's 256 MiB that an idle heap may use; stored messages would need more. */
  private static final int GROWTH_MEBIBYTES = 64;

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-receiver-down");

  private final Topology topology = namespace.topology("shop");

  @Test
  void noMessageIsLostAndMemoryDoesNotGrow() {
    topology.apply(ONE_NODE + "queues: [{name: orders}, {name: failed}]\n").awaitReady();
    ClientPod receiver = ClientPod.start("receiver", topology, "orders");
    topology.apply(spec(address())).awaitReady();
    ClientPod publisher = ClientPod.start("publisher", topology, "orders");
    await("messages are delivered").atMost(SOON).until(() -> different(receiver) > 100);
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
        .until(() -> different(receiver) >= confirmed);
    assertThat(topology.broker().messages("failed")).as("dead letters").isZero();
    topology.awaitReady();
    System.out.printf(
        "receiver down for %d s: %d confirmed, lost=0, %d waited, delivered twice=%d, dispatcher"
            + " %d MiB before and %d MiB after%n",
        DOWN.toSeconds(),
        confirmed,
        waiting,
        receiver.report().path("taken").asInt() - different(receiver),
        before,
        dispatcher.residentMebibytes());
  }

  private static int different(ClientPod receiver) {
    return receiver.report().path("different").asInt();
  }

  private static String address() {
    return namespace.run("get", "pod", "receiver", "--output=jsonpath={.status.podIP}").strip();
  }

  private String dispatcherPod() {
    return topology.consumers().iterator().next().getMetadata().getName();
  }

  private static String spec(String receiver) {
    return ONE_NODE
        + """
        queues: [{name: orders, deadLetter: {queue: failed}}, {name: failed}]
        consumers:
          - name: notify
            queue: orders
            http: {url: "http://%s:8080/take", retry: {maxAttempts: 1000, maxDelay: 5s}}
        """
            .formatted(receiver);
  }
}
