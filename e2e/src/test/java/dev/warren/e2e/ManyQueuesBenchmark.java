package dev.warren.e2e;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeReplacement;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The time of a replacement and of a pass with more and more quorum queues: make bench-queues. */
@Isolated("it measures")
class ManyQueuesBenchmark {

  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration WATCHED = Duration.ofSeconds(60);
  private static final String PASSES = "reconciliations_execution_duration_seconds";

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-many-queues");

  private final Topology topology = namespace.topology("many");

  @AfterEach
  void remove() {
    topology.delete();
    topology.awaitGone();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1000})
  void replacementAndPass(int queues) {
    long applied = System.nanoTime();
    topology.apply(spec(queues)).awaitReady(LONG);
    double ready = secondsSince(applied);

    double pass = convergedPass();

    String lost = topology.get().getStatus().nodes().members().getLast().name();
    long begun = System.nanoTime();
    namespace.run("delete", "pvc", "data-" + lost, "--wait=false");
    namespace.run("delete", "pod", lost, "--wait=false");
    awaitReplaced(lost, queues);

    System.out.printf(
        "%d queues on 3 nodes: Ready after %.1f s, a converged pass %.0f ms, a lost node replaced"
            + " with all members after %.1f s%n",
        queues, ready, pass * 1000, secondsSince(begun));
  }

  /** The mean time of a pass without changes, in seconds. */
  private static double convergedPass() {
    double passes = Operator.SHARED.metric(PASSES + "_count");
    double seconds = Operator.SHARED.metric(PASSES + "_sum");
    await("some passes").pollDelay(WATCHED).atMost(WATCHED.multipliedBy(2)).until(() -> true);
    double counted = Operator.SHARED.metric(PASSES + "_count") - passes;
    assertThat(counted).as("passes within a minute").isPositive();
    return (Operator.SHARED.metric(PASSES + "_sum") - seconds) / counted;
  }

  private void awaitReplaced(String lost, int queues) {
    await(lost + " is replaced")
        .atMost(LONG)
        // A node may not answer shortly after a fault.
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .untilAsserted(
            () -> {
              assertThat(topology.get().getStatus().nodes().members())
                  .extracting(NodeStatus::name)
                  .hasSize(3)
                  .doesNotContain(lost);
              NodeReplacement last = topology.get().getStatus().nodes().lastReplacement();
              assertThat(last.completedAt()).isNotNull();
              assertThat(topology.broker().onlineMembers().values())
                  .hasSize(queues)
                  .containsOnly(3);
            });
    topology.awaitReady(LONG);
  }

  private static double secondsSince(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }

  private static String spec(int queues) {
    return Topology.THREE_NODES
        + IntStream.range(0, queues)
            .mapToObj("{name: queue-%03d}"::formatted)
            .collect(joining(", ", "queues: [", "]\n"));
  }
}
