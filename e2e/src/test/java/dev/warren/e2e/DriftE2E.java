package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.e2e.Broker.Bound;
import java.time.Duration;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody changes by hand is soon again as the topology says. */
class DriftE2E {

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-drift");

  private static final Topology topology = namespace.topology("orders");

  @BeforeAll
  static void start() {
    topology
        .apply(
            ONE_NODE
                + """
                queues: [{name: work}, {name: waiting, messageTTL: 1h}]
                bindings: [{exchange: amq.topic, queue: waiting, routingKey: wait}]
                consumers: [%s]
                """
                    .formatted(ClientPod.asConsumer("worker", "work")))
        .awaitReady();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      service/orders           | {.spec.selector}   | {"spec": {"selector": {"no": "pod"}}}
      service/orders-nodes     | {.spec.selector}   | {"spec": {"selector": {"no": "pod"}}}
      secret/orders-connection | {.metadata.labels} | {"metadata": {"labels": {"app.kubernetes.io/managed-by": null, "warren.dev/topology": "another"}}}
      deployment/orders-worker | {.spec.replicas}   | {"spec": {"replicas": 0}}
      """)
  void aChangedFieldIsBack(String object, String field, String change) {
    String original = value(object, field);

    String printed = namespace.run("patch", object, "--type=merge", "--patch=" + change);

    assertThat(printed).doesNotContain("no change");
    awaitBack(() -> assertThat(value(object, field)).isEqualTo(original));
  }

  @ParameterizedTest
  @ValueSource(strings = {"service/orders", "configmap/orders-config", "deployment/orders-worker"})
  void aDeletedObjectIsBack(String object) {
    String deleted = value(object, "{.metadata.uid}");

    namespace.run("delete", object);

    awaitBack(() -> assertThat(value(object, "{.metadata.uid}")).isNotEqualTo(deleted));
  }

  @Test
  void aDeletedQueueIsBackWithItsBinding() {
    Broker broker = topology.broker();

    broker.deleteQueue("waiting");

    awaitBack(
        () -> {
          assertThat(broker.queues()).containsExactlyInAnyOrder("work", "waiting");
          assertThat(broker.bindings()).containsExactly(new Bound("amq.topic", "waiting", "wait"));
        });
  }

  private static String value(String object, String field) {
    return namespace.run("get", object, "--output=jsonpath=" + field);
  }

  private static void awaitBack(ThrowingRunnable assertion) {
    await("it is back").atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
  }
}
