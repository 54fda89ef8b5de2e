package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operator changes nothing in a paused topology, and reports what it observes. */
@Order(8)
class PauseE2E {

  /** Twice the longest time between two passes. */
  private static final Duration A_WHILE = Duration.ofSeconds(25);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-pause");

  private static final Topology topology = namespace.topology("orders");

  @BeforeAll
  static void start() {
    topology.apply(spec("{name: work}")).awaitReady();
  }

  @AfterEach
  void resume() {
    annotate("warren.dev/reconcile-");
    topology.apply(spec("{name: work}")).awaitReady();
  }

  @Test
  void nothingIsRestoredDuringAPauseAndEverythingAfterIt() {
    Broker broker = topology.broker();
    annotate("warren.dev/reconcile=paused");
    awaitReported(() -> assertThat(reason("Paused")).isEqualTo("Paused"));
    assertThat(reason("Ready")).isEqualTo("AllReady");

    broker.deleteQueue("work");
    namespace.run("delete", "service/orders");

    awaitReported(() -> assertThat(status("Ready")).isEqualTo("False"));
    await("nothing is restored")
        .during(A_WHILE)
        .atMost(A_WHILE.plusSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(broker.queues()).isEmpty();
              assertThat(namespace.run("get", "service", "--output=name"))
                  .doesNotContain("service/orders\n");
            });

    annotate("warren.dev/reconcile-");
    topology.awaitReady();
    assertThat(broker.queues()).containsExactly("work");
    assertThat(topology.condition("Paused")).isEmpty();
  }

  @Test
  void aShownPlanIsCarriedOutAfterThePause() {
    Broker broker = topology.broker();
    annotate("warren.dev/reconcile=plan");

    topology.apply(spec("{name: other, maxLength: 5}"));

    awaitReported(
        () ->
            assertThat(topology.plan())
                .containsExactly(
                    "record what this resource declares",
                    "set policy 'warren.other': max-length: none -> 5",
                    "declare quorum queue 'other'",
                    "delete queue 'work' if empty"));
    assertThat(broker.queues()).containsExactly("work");

    assertThat(topology.condition("Ready").orElseThrow().getMessage()).startsWith("4 changes wait");

    annotate("warren.dev/reconcile-");
    topology.awaitReady();
    await("it is done")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(broker.queues()).containsExactly("other"));
  }

  private static String spec(String queue) {
    return ONE_NODE + "queues: [" + queue + "]\n";
  }

  private static void annotate(String annotation) {
    namespace.run("annotate", "--overwrite", "mtop", topology.name(), annotation);
  }

  private static void awaitReported(ThrowingRunnable assertion) {
    await("it is reported").atMost(A_WHILE).untilAsserted(assertion);
  }

  private static String reason(String type) {
    return topology.condition(type).map(Condition::getReason).orElse("");
  }

  private static String status(String type) {
    return topology.condition(type).map(Condition::getStatus).orElse("");
  }
}
