package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.e2e.Broker.Bound;
import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Unusual but valid topologies. */
@Order(5)
class UnusualTopologyE2E {

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-unusual");

  @RegisterExtension static final TestNamespace another = new TestNamespace("e2e-unusual-too");

  @Test
  void aThousandQueues() {
    Set<String> names = IntStream.range(0, 1000).mapToObj("queue-%03d"::formatted).collect(toSet());
    String queues =
        names.stream().map("{name: %s}"::formatted).collect(joining(", ", "queues: [", "]\n"));
    Topology topology = namespace.topology("thousand");

    long applied = System.nanoTime();
    topology.apply(ONE_NODE + queues(names)).awaitReady(Duration.ofSeconds(300));

    System.out.printf(
        "apply to Ready, 1 node and 1,000 queues: %.1f s%n", (System.nanoTime() - applied) / 1e9);
    assertThat(topology.broker().queues()).isEqualTo(names);
    assertThat(topology.get().getStatus().summary().queues()).isEqualTo("1000/1000");
    topology.delete();
  }

  /** The names of the topologies are as long as they may be, and two differ only at the end. */
  @Test
  void namesOfAnyKindAndLengthAndOneNameInTwoNamespaces() {
    String name = "a23456789-".repeat(6) + "12";
    Set<String> names =
        Set.of(
            "a b",
            " ",
            "a/b",
            "/",
            "$(HOME)",
            "${HOME}",
            "-name",
            "a~b",
            "50%+1",
            "?a=b&c",
            "#",
            "^(a|b)*$",
            "日本",
            "é".repeat(127) + "x");
    String declarations =
        names.stream()
                .map("{exchange: \"%1$s\", queue: \"%1$s\", routingKey: \"%1$s\"}"::formatted)
                .collect(joining(", ", "bindings: [", "]\n"))
            + queues(names)
            + queues(names).replace("queues:", "exchanges:");

    Topology first = namespace.topology(name + "x").apply(ONE_NODE + declarations);
    Topology second = namespace.topology(name + "y").apply(ONE_NODE + queues(Set.of("second")));
    Topology there = another.topology(name + "x").apply(ONE_NODE + queues(Set.of("there")));

    assertThat(second.awaitReady().broker().queues()).containsExactly("second");
    assertThat(there.awaitReady().broker().queues()).containsExactly("there");
    Broker broker = first.awaitReady().broker();
    assertThat(broker.queues()).isEqualTo(names);
    assertThat(broker.exchanges()).isEqualTo(names);
    assertThat(broker.bindings())
        .isEqualTo(names.stream().map(each -> new Bound(each, each, each)).collect(toSet()));
  }

  /** What docs/connect.md says of clients that declare queues. */
  @Test
  void plainDeclarationsOfClients() {
    Topology topology =
        namespace
            .topology("declared")
            .apply(
                ONE_NODE
                    + """
                    queues:
                      - {name: plain}
                      - {name: limited, maxLength: 100, messageTTL: 1h, deliveryLimit: 3}
                      - {name: old, type: classic}
                      - {name: in-turn, singleActiveConsumer: true}
                      - {name: log, type: stream}
                    """)
            .awaitReady();

    ClientPod client =
        ClientPod.startWith("QUEUES=plain,limited,old,in-turn,log", "declares", topology, "plain");

    JsonNode answers = client.report();
    assertThat(answers.path("plain").asInt()).isEqualTo(200);
    assertThat(answers.path("limited").asInt()).isEqualTo(200);
    assertThat(answers.path("old").asInt()).isEqualTo(406);
    assertThat(answers.path("in-turn").asInt()).isEqualTo(406);
    assertThat(answers.path("log").asInt()).isEqualTo(406);
    await("the status says which are refused")
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () ->
                assertThat(topology.get().getStatus().queues())
                    .extracting(QueueStatus::name, queue -> advice(queue))
                    .containsExactlyInAnyOrder(
                        tuple("plain", ""),
                        tuple("limited", ""),
                        tuple("old", "with x-queue-type: classic"),
                        tuple("in-turn", "with x-single-active-consumer: true"),
                        tuple("log", "with x-queue-type: stream")));
    topology.awaitReady();
    client.remove();
  }

  private static String advice(QueueStatus queue) {
    return queue.refusedDeclaration() == null
        ? ""
        : queue.refusedDeclaration().replaceFirst(".* declare the queue passively, or ", "");
  }

  private static String queues(Set<String> names) {
    return names.stream()
        .map("{name: \"%s\"}"::formatted)
        .collect(joining(", ", "queues: [", "]\n"));
  }
}
