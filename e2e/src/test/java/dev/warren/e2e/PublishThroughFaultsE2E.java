package dev.warren.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every event that was answered with 202 is in its queue, whatever happens to the nodes meanwhile.
 * How many are sent at least: -De2e.messages.
 */
@Order(8)
class PublishThroughFaultsE2E {

  private static final int MESSAGES = Integer.getInteger("e2e.messages", 8_000);

  /** The faults, one after each quarter of the messages. */
  private static final int BETWEEN_FAULTS = MESSAGES / 4;

  private static final Duration SOON = Duration.ofSeconds(90);

  /** Some hundred a second, by the slowest machine. */
  private static final Duration PUBLISHED = SOON.plus(Duration.ofMillis(5L * BETWEEN_FAULTS));

  @RegisterExtension
  static final TestNamespace namespace = new TestNamespace("e2e-publish-through-faults");

  private final Topology topology = namespace.topology("flood");

  @Test
  void everyAcceptedEventArrives() {
    topology
        .apply(
            Topology.THREE_NODES + "queues: [{name: events}]\nendpoints: {publish: {port: 8080}}")
        .awaitReady();
    ClientPod counter = ClientPod.start("event-counter", topology, "events");
    ClientPod publisher = ClientPod.start("http-publisher", topology, "events");
    long begun = System.nanoTime();
    awaitMoreAccepted(publisher);

    PodProcess.rabbit(namespace, "flood-0").kill();
    awaitMoreAccepted(publisher);
    topology.awaitReady();

    int refused = repeated(publisher);
    memoryLimit("flood-1", "absolute", "1MB");
    await("an alarm is reported to publishers")
        .atMost(SOON)
        .until(() -> repeated(publisher) > refused);
    memoryLimit("flood-1", "0.6");
    awaitMoreAccepted(publisher);

    PodProcess.gateway("flood-2").kill();
    awaitMoreAccepted(publisher);

    int accepted = publisher.stop().path("accepted").asInt();
    await("every accepted event arrives")
        .atMost(PUBLISHED)
        .untilAsserted(
            () ->
                assertThat(counter.report().path("complete").asInt())
                    .isGreaterThanOrEqualTo(accepted));
    System.out.printf(
        "%d events accepted over HTTP in %.0f s, lost=0, twice=%d, batches sent again=%d%n",
        accepted,
        (System.nanoTime() - begun) / 1e9,
        counter.report().path("duplicates").asInt(),
        repeated(publisher));
    topology.awaitReady();
  }

  private static void awaitMoreAccepted(ClientPod publisher) {
    int enough = accepted(publisher) + BETWEEN_FAULTS;
    await(BETWEEN_FAULTS + " more events are accepted")
        .atMost(PUBLISHED)
        .until(() -> accepted(publisher) >= enough);
  }

  private static int accepted(ClientPod publisher) {
    return publisher.report().path("accepted").asInt();
  }

  private static int repeated(ClientPod publisher) {
    return publisher.report().path("repeated").asInt();
  }

  /** The memory that RabbitMQ may use before it blocks publishers. */
  private static void memoryLimit(String node, String... limit) {
    List<String> command =
        List.of(
            "exec",
            node,
            "--container=rabbitmq",
            "--",
            "rabbitmqctl",
            "set_vm_memory_high_watermark");
    namespace.run(Stream.concat(command.stream(), Stream.of(limit)).toArray(String[]::new));
  }
}
