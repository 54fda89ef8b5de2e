package dev.warren.e2e;

import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The load with which docs/scaling.md compares KEDA: suddenly fifty messages a second, for
 * consumers that handle five a second each: make bench-load.
 */
@Isolated("it measures")
class ConstantLoadBenchmark {

  private static final Duration LOAD = Duration.ofSeconds(770);
  private static final Duration API_AWAY = Duration.ofSeconds(120);
  private static final Duration LONG = Duration.ofMinutes(8);
  private static final Duration OFTEN = Duration.ofSeconds(1);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-constant-load");

  private final Topology topology = namespace.topology("orders");

  @Test
  void aConstantLoadFromZeroAndBack() {
    topology.apply(spec()).awaitReady();
    ClientPod waits = ClientPod.start("waits", topology, "handled");
    ClientPod load = ClientPod.start("steady", topology, "work");

    Course course = watch(LOAD);
    System.out.printf("%s%nmessages: %s%n", course, waits.report());

    int before = replicas();
    forEachNode("application:stop(rabbitmq_management).");
    Course blind = watch(API_AWAY);
    assertThat(blind.replicas()).as("while the API is away").containsOnly(before);
    assertThat(topology.condition("ScalingActive").orElseThrow().getStatus()).isEqualTo("False");
    forEachNode("application:start(rabbitmq_management).");
    topology.awaitTrue("ScalingActive");
    System.out.printf(
        "API away for %d s: %d replicas all the time%n", API_AWAY.toSeconds(), before);

    load.signal("USR1");
    long off = System.nanoTime();
    await("the load is off").atMost(LONG).until(() -> replicas() == 0);
    System.out.printf("load off: zero replicas after %.0f s%n", secondsSince(off));

    int handled = waits.report().path("handled").asInt();
    load.signal("USR2");
    await("one message").atMost(LONG).until(() -> waits.report().path("handled").asInt() > handled);
    System.out.printf("from zero: handled %.1f s later%n", waits.report().path("last").asDouble());

    int published = load.stop().path("published").asInt();
    JsonNode counted = waits.report();
    System.out.printf("published %d, %s%n", published, counted);
    assertThat(counted.path("handled").asInt()).as("each was handled").isEqualTo(published);
  }

  /**
   * How the number of replicas changed.
   *
   * @param replicas each second
   * @param podSeconds the sum of all replicas' times
   */
  private record Course(List<Integer> replicas, double podSeconds) {

    /** How often the direction changed. */
    int turns() {
      List<Integer> directions =
          IntStream.range(1, replicas.size())
              .map(i -> Integer.signum(replicas.get(i) - replicas.get(i - 1)))
              .filter(direction -> direction != 0)
              .boxed()
              .toList();
      return (int)
          IntStream.range(1, directions.size())
              .filter(i -> !directions.get(i).equals(directions.get(i - 1)))
              .count();
    }

    @Override
    public String toString() {
      List<String> changes = new ArrayList<>();
      for (int i = 0; i < replicas.size(); i++) {
        if (i == 0 || !replicas.get(i).equals(replicas.get(i - 1))) {
          changes.add("%d s: %d".formatted(i, replicas.get(i)));
        }
      }
      return "%.0f pod-seconds, %d turns, replicas at %s".formatted(podSeconds, turns(), changes);
    }
  }

  private Course watch(Duration howLong) {
    List<Integer> replicas = new ArrayList<>();
    double[] podSeconds = {0};
    long begun = System.nanoTime();
    long[] last = {begun};
    await("it lasts")
        .pollDelay(Duration.ZERO)
        .pollInterval(OFTEN)
        .atMost(howLong.plusSeconds(30))
        .until(
            () -> {
              int now = replicas();
              replicas.add(now);
              podSeconds[0] += now * secondsSince(last[0]);
              last[0] = System.nanoTime();
              return secondsSince(begun) >= howLong.toSeconds();
            });
    return new Course(replicas, podSeconds[0]);
  }

  private void forEachNode(String erlang) {
    topology
        .nodes()
        .forEach(
            node ->
                namespace.run(
                    "exec", node.getMetadata().getName(), "--", "rabbitmqctl", "eval", erlang));
  }

  private int replicas() {
    return topology.owned(Deployment.class).findFirst().orElseThrow().getSpec().getReplicas();
  }

  private static double secondsSince(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }

  private static String spec() {
    return THREE_NODES
        + "queues: [{name: work}, {name: handled}]\n"
        + "consumers: [%s]\n"
            .formatted(
                ClientPod.asScaledConsumer("handler", "work", 1, "maxReplicas: 20, cooldown: 60s"));
  }
}
