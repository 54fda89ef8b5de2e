package dev.warren.e2e;

import static dev.warren.e2e.Topology.THREE_NODES;
import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.e2e.Broker.Bound;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/** The operator may be broken off anywhere: the next one finishes what it began. */
@Isolated("it kills the operator")
class OperatorKilledE2E {

  private static final int TIMES = 6;

  /**
   * The moments are spread over this long, which is about how long it takes from apply to Ready.
   */
  private static final int SPREAD_MS = 12_000;

  private static final long SEED = Long.getLong("e2e.seed", System.currentTimeMillis());

  private static final int[] MOMENTS_MS =
      new Random(SEED).ints(TIMES, 0, SPREAD_MS / TIMES).toArray();

  @RegisterExtension
  static final TestNamespace namespace = new TestNamespace("e2e-operator-killed");

  @BeforeAll
  static void sayTheSeed() {
    System.out.printf("the operator is killed by the seed -De2e.seed=%d%n", SEED);
  }

  @RepeatedTest(TIMES)
  void whatWasBegunIsFinishedAndNothingIsMadeTwice(RepetitionInfo repetition) {
    int turn = repetition.getCurrentRepetition() - 1;
    int moment = turn * SPREAD_MS / TIMES + MOMENTS_MS[turn];
    Topology topology = namespace.topology("orders-" + turn);

    Operator.Lease killed = Operator.lease();
    topology.apply(tenQueues());
    CompletableFuture.runAsync(Operator::kill, delayedExecutor(moment, MILLISECONDS)).join();

    System.out.printf("%s: the operator was killed after %d ms%n", topology.name(), moment);
    Operator.awaitAnother(killed);
    topology.awaitReady();
    assertThat(topology.nodes()).hasSize(3);
    assertThat(topology.owned(PersistentVolumeClaim.class)).hasSize(3);
    assertThat(topology.consumers()).hasSize(1);
    Broker broker = topology.broker();
    assertThat(broker.queues()).isEqualTo(queues());
    assertThat(broker.exchanges()).containsExactly("events");
    assertThat(broker.bindings()).isEqualTo(bindings());

    topology.delete();
    topology.awaitGone();
  }

  private static Set<String> queues() {
    return IntStream.range(0, 10).mapToObj("queue-%d"::formatted).collect(toSet());
  }

  private static Set<Bound> bindings() {
    return queues().stream()
        .map(queue -> new Bound("events", queue, "to." + queue))
        .collect(toSet());
  }

  private static String tenQueues() {
    return THREE_NODES
        + """
        exchanges: [{name: events, type: topic}]
        queues: [%s]
        bindings: [%s]
        consumers: [%s]
        """
            .formatted(
                queues().stream()
                    .map("{name: %s, messageTTL: 1h}"::formatted)
                    .collect(joining(", ")),
                queues().stream()
                    .map("{exchange: events, queue: %1$s, routingKey: to.%1$s}"::formatted)
                    .collect(joining(", ")),
                ClientPod.asConsumer("worker", "queue-0"));
  }
}
