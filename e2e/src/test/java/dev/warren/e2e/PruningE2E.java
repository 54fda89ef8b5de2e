package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.e2e.Broker.Bound;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is removed from the resource is removed from the broker, and nothing else. */
class PruningE2E {

  private static final int EDITS = 20;
  private static final Duration SOON = Duration.ofSeconds(30);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-pruning");

  private static final Topology topology = namespace.topology("orders");

  /** The exchanges, queues and bindings of the example, to be edited. */
  private static final class Edited {
    private final Set<String> exchanges = new TreeSet<>(Set.of("events", "alerts"));
    private final Set<String> queues =
        new TreeSet<>(
            Set.of("audit", "stock", "invoices", "shipments", "returns", "refunds", "eu", "us"));
    private final Set<Bound> bindings;
    private int next;

    private Edited() {
      bindings =
          List.of(
                  new Bound("events", "audit", "order.*"),
                  new Bound("events", "stock", "order.placed"),
                  new Bound("events", "invoices", "order.placed"),
                  new Bound("events", "shipments", "order.paid"),
                  new Bound("events", "returns", "order.returned"),
                  new Bound("events", "refunds", "order.returned"),
                  new Bound("alerts", "eu", "eu"),
                  new Bound("alerts", "us", "us"))
              .stream()
              .collect(Collectors.toSet());
    }

    /** Makes one change, and describes it. */
    private String edit(Random random) {
      return switch (random.nextInt(8)) {
        case 0 -> "add queue " + added(queues, "queue");
        case 1 -> "remove queue " + removeQueue(random);
        case 2 -> renameQueue(random);
        case 3 -> "add exchange " + added(exchanges, "exchange");
        case 4 -> "remove exchange " + removeExchange(random);
        case 5 -> renameExchange(random);
        case 6 -> "bind " + bind(random);
        default -> "unbind " + unbind(random);
      };
    }

    private String added(Set<String> names, String prefix) {
      String name = prefix + ++next;
      names.add(name);
      return name;
    }

    private String removeQueue(Random random) {
      String queue = any(queues, random);
      queues.remove(queue);
      bindings.removeIf(binding -> binding.queue().equals(queue));
      return queue;
    }

    private String renameQueue(Random random) {
      String queue = any(queues, random);
      List<Bound> moved = bindings.stream().filter(b -> b.queue().equals(queue)).toList();
      queues.remove(queue);
      moved.forEach(bindings::remove);
      String name = added(queues, "queue");
      moved.forEach(b -> bindings.add(new Bound(b.exchange(), name, b.routingKey())));
      return "rename queue %s to %s".formatted(queue, name);
    }

    private String removeExchange(Random random) {
      String exchange = any(exchanges, random);
      exchanges.remove(exchange);
      bindings.removeIf(binding -> binding.exchange().equals(exchange));
      return exchange;
    }

    private String renameExchange(Random random) {
      String exchange = any(exchanges, random);
      List<Bound> moved = bindings.stream().filter(b -> b.exchange().equals(exchange)).toList();
      exchanges.remove(exchange);
      moved.forEach(bindings::remove);
      String name = added(exchanges, "exchange");
      moved.forEach(b -> bindings.add(new Bound(name, b.queue(), b.routingKey())));
      return "rename exchange %s to %s".formatted(exchange, name);
    }

    private Bound bind(Random random) {
      Bound binding = new Bound(any(exchanges, random), any(queues, random), "key" + ++next);
      bindings.add(binding);
      return binding;
    }

    private String unbind(Random random) {
      if (bindings.isEmpty()) {
        return "nothing";
      }
      Bound binding = any(bindings, random);
      bindings.remove(binding);
      return binding.toString();
    }

    /** One always remains: the one that was removed last is added again. */
    private static <T> T any(Collection<T> all, Random random) {
      List<T> sorted = all.stream().sorted((a, b) -> a.toString().compareTo(b.toString())).toList();
      return sorted.get(random.nextInt(sorted.size()));
    }

    private boolean isPoor() {
      return exchanges.size() < 2 || queues.size() < 2;
    }

    private String spec() {
      return ONE_NODE
          + "exchanges: [%s]%nqueues: [%s]%nbindings: [%s]%n"
              .formatted(
                  exchanges.stream()
                      .map("{name: %s, type: topic}"::formatted)
                      .collect(joining(", ")),
                  queues.stream().map("{name: %s, maxLength: 9}"::formatted).collect(joining(", ")),
                  bindings.stream()
                      .map(
                          b ->
                              "{exchange: %s, queue: %s, routingKey: '%s'}"
                                  .formatted(b.exchange(), b.queue(), b.routingKey()))
                      .collect(joining(", ")));
    }
  }

  @BeforeAll
  static void start() {
    topology.apply(ONE_NODE).awaitReady();
  }

  /** Also what a test retained. */
  @AfterEach
  void removeEverything() {
    topology.apply(ONE_NODE).awaitReady();
    Broker broker = topology.broker();
    broker.queues().forEach(broker::deleteQueue);
    awaitSoon(() -> assertThat(topology.retained()).isEmpty());
  }

  @Test
  void theBrokerHasExactlyWhatIsDeclaredAfterEachOfTwentyEdits() {
    long seed = Long.getLong("e2e.seed", new Random().nextLong());
    System.out.printf("%d edits by the seed -De2e.seed=%d%n", EDITS, seed);
    Random random = new Random(seed);
    Edited edited = new Edited();
    topology.apply(edited.spec()).awaitReady();
    Broker broker = topology.broker();
    assertHolds(broker, edited);
    for (int i = 1; i <= EDITS; i++) {
      String edit =
          edited.isPoor()
              ? "add %s and %s"
                  .formatted(
                      edited.added(edited.exchanges, "exchange"),
                      edited.added(edited.queues, "queue"))
              : edited.edit(random);
      System.out.printf("%2d  %s%n", i, edit);

      topology.apply(edited.spec()).awaitReady();

      assertHolds(broker, edited);
    }
  }

  @Test
  void aQueueWithMessagesIsRetainedUntilItIsEmptyAndObjectsOfOthersStay() {
    topology
        .apply(
            ONE_NODE
                + "queues: [{name: full}, {name: dropped, onDelete: Delete}, {name: left, onDelete: Retain}]")
        .awaitReady();
    Broker broker = topology.broker();
    broker.publish("full");
    broker.publish("dropped");
    broker.put(
        "queues/%2F/foreign", "{\"durable\": true, \"arguments\": {\"x-queue-type\": \"quorum\"}}");

    topology.apply(ONE_NODE).awaitReady();

    awaitSoon(() -> assertThat(topology.retained()).containsExactly("full", "left"));
    awaitSoon(
        () -> assertThat(broker.queues()).containsExactlyInAnyOrder("full", "left", "foreign"));
    broker.purge("full");
    awaitSoon(() -> assertThat(broker.queues()).containsExactlyInAnyOrder("left", "foreign"));
    awaitSoon(() -> assertThat(topology.retained()).containsExactly("left"));
  }

  @Test
  void aConsumerIsRemovedBeforeItsQueue() {
    topology
        .apply(
            ONE_NODE
                + "queues: [{name: work, onDelete: Delete}, {name: other}]\nconsumers: [%s]\n"
                    .formatted(ClientPod.asConsumer("worker", "work")))
        .awaitReady();
    Broker broker = topology.broker();

    topology.apply(ONE_NODE + "queues: [{name: other}]\n");

    await("the queue goes")
        .atMost(Duration.ofSeconds(90))
        .until(
            () -> {
              // In this order, so that a consumer without its queue is an error.
              boolean gone = !broker.queues().contains("work");
              assertThat(gone && !topology.consumers().isEmpty())
                  .as("the queue went before its consumer")
                  .isFalse();
              return gone;
            });
    topology.awaitReady();
    assertThat(broker.queues()).containsExactly("other");
  }

  private static void assertHolds(Broker broker, Edited edited) {
    assertThat(broker.exchanges()).isEqualTo(edited.exchanges);
    assertThat(broker.queues()).isEqualTo(edited.queues);
    assertThat(broker.bindings()).isEqualTo(edited.bindings);
    assertThat(broker.policies().keySet())
        .isEqualTo(edited.queues.stream().map("warren."::concat).collect(Collectors.toSet()));
  }

  private static void awaitSoon(ThrowingRunnable assertion) {
    await().atMost(SOON).untilAsserted(assertion);
  }
}
