package dev.warren.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RefusedDeclarationsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Set<String> QUEUES = Set.of("old", "in-turn");
  private static final String REFUSED =
      "operation queue.declare caused a channel exception precondition_failed: inequivalent arg"
          + " '%s' for queue '%s' in vhost '/': received x but current is y\n";

  private final Map<String, String> logs = new HashMap<>();
  private final List<String> read = new ArrayList<>();
  private final Queue<Runnable> beside = new ArrayDeque<>();
  private final List<QueueNode> nodes = List.of(node(0, "running"), node(1, "running"));
  private final RefusedDeclarations refusals = new RefusedDeclarations(this::log, beside::add);

  @Test
  void refusalsAtAnyNodeAreKnownInTheNextPass() {
    logs.put("orders-0", REFUSED.formatted("x-queue-type", "old"));
    logs.put("orders-1", REFUSED.formatted("x-single-active-consumer", "in-turn"));

    assertThat(at(0)).as("nothing is read in a pass").isEmpty();
    runBeside();

    assertThat(at(10))
        .isEqualTo(Map.of("old", "x-queue-type", "in-turn", "x-single-active-consumer"));
  }

  @Test
  void eachLogIsReadOnceAMinute() {
    for (int second = 0; second <= 120; second += 10) {
      at(second);
      runBeside();
    }

    assertThat(read)
        .containsExactly("orders-0", "orders-1", "orders-0", "orders-1", "orders-0", "orders-1");
  }

  @Test
  void aRefusalIsShownForTenMinutes() {
    logs.put("orders-0", REFUSED.formatted("durable", "old"));
    at(0);
    runBeside();
    logs.clear();

    assertThat(at(9 * 60)).containsOnlyKeys("old");
    runBeside();
    assertThat(at(11 * 60)).isEmpty();
  }

  @Test
  void aQueueThatTheSpecNoLongerHasIsForgotten() {
    logs.put("orders-0", REFUSED.formatted("durable", "old"));
    at(0);
    runBeside();

    assertThat(refusals.of("uid", Set.of("in-turn"), nodes, NOON.plusSeconds(10))).isEmpty();
  }

  @Test
  void aNodeWhoseLogCannotBeReadHidesNoOther() {
    logs.put("orders-0", null);
    logs.put("orders-1", REFUSED.formatted("durable", "old"));
    at(0);
    runBeside();

    assertThat(at(10)).containsOnlyKeys("old");
  }

  @Test
  void aNodeThatDoesNotRunIsNotRead() {
    refusals.of("uid", QUEUES, List.of(node(0, "waiting")), NOON);
    runBeside();

    assertThat(read).isEmpty();
  }

  @Test
  void topologiesAreKeptApart() {
    logs.put("orders-0", REFUSED.formatted("durable", "old"));
    at(0);
    runBeside();

    assertThat(refusals.of("another", QUEUES, nodes, NOON.plusSeconds(10))).isEmpty();
  }

  private Map<String, String> at(int second) {
    return refusals.of("uid", QUEUES, nodes, NOON.plus(Duration.ofSeconds(second)));
  }

  private void runBeside() {
    while (!beside.isEmpty()) {
      beside.remove().run();
    }
  }

  private String log(Pod pod) {
    String name = pod.getMetadata().getName();
    read.add(name);
    if (logs.containsKey(name) && logs.get(name) == null) {
      throw new KubernetesClientException("no route to the machine");
    }
    return logs.getOrDefault(name, "");
  }

  private static QueueNode node(int number, String state) {
    return new QueueNode(
        number,
        Optional.empty(),
        Optional.of(
            Serialization.unmarshal(
                """
                metadata: {name: orders-%d}
                status: {containerStatuses: [{name: rabbitmq, state: {%s: {}}}]}
                """
                    .formatted(number, state),
                Pod.class)));
  }
}
