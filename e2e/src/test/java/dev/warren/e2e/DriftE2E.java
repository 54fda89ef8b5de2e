package dev.warren.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.e2e.Broker.Bound;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes by hand are soon reverted, and the status reports them. */
class DriftE2E {

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-drift");

  private static final Topology topology = namespace.topology("orders");

  /** Its Pods have 20 s, and RabbitMQ counts consumers every 5 s. */
  private static final Duration RESTARTED = Duration.ofSeconds(120);

  private static final String PLUGIN = "rabbitmq_consistent_hash_exchange";

  @BeforeAll
  static void start() {
    topology.apply(spec("")).awaitReady();
  }

  private static String spec(String plugins) {
    return """
    nodes: {replicas: 1, storage: {size: 1Gi}, plugins: [%s]}
    exchanges: [{name: events, type: topic}]
    queues: [{name: work}, {name: waiting, messageTTL: 1h}, {name: bound}, {name: unheard}]
    bindings:
      - {exchange: amq.topic, queue: waiting, routingKey: wait}
      - {exchange: events, queue: bound, routingKey: some}
    consumers: [%s, %s]
    """
        .formatted(
            plugins,
            ClientPod.asConsumer("worker", "work"),
            ClientPod.asConsumerOf("deaf", "unheard"));
  }

  /** Meanwhile other differences may belong to the same change. */
  @BeforeEach
  void everythingIsAsDesired() {
    topology.awaitReady();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      Service    | orders            | {.spec.selector}   | {"spec": {"selector": {"no": "pod"}}}
      Service    | orders-nodes      | {.spec.selector}   | {"spec": {"selector": {"no": "pod"}}}
      Service    | orders-management | {.spec.selector}   | {"spec": {"selector": {"no": "pod"}}}
      ConfigMap  | orders-config     | {.data}            | {"data": {"90-user.conf": "heartbeat = 7"}}
      Secret     | orders-connection | {.metadata.labels} | {"metadata": {"labels": {"app.kubernetes.io/managed-by": null, "warren.dev/topology": "another"}}}
      Deployment | orders-worker     | {.spec.replicas}   | {"spec": {"replicas": 0}}
      """)
  void aChangedFieldIsRevertedAndReported(String kind, String name, String field, String change) {
    int before = topology.timesRestored(kind, name);
    String object = kind + "/" + name;
    String original = value(object, field);

    String printed = namespace.run("patch", object, "--type=merge", "--patch=" + change);

    assertThat(printed).doesNotContain("no change");
    awaitRestored(
        () -> {
          assertThat(value(object, field)).isEqualTo(original);
          assertThat(topology.timesRestored(kind, name)).isGreaterThan(before);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "Service, orders",
    "ConfigMap, orders-config",
    "PodDisruptionBudget, orders",
    "Deployment, orders-worker"
  })
  void aDeletedObjectIsRestoredAndReported(String kind, String name) {
    int before = topology.timesRestored(kind, name);
    String object = kind + "/" + name;
    String deleted = value(object, "{.metadata.uid}");

    namespace.run("delete", object);

    awaitRestored(
        () -> {
          assertThat(value(object, "{.metadata.uid}")).isNotEqualTo(deleted);
          assertThat(topology.timesRestored(kind, name)).isGreaterThan(before);
        });
  }

  @Test
  void aDeletedQueueIsRestoredWithItsBindingAndReported() {
    Broker broker = topology.broker();
    int before = topology.timesRestored("Queue", "waiting");

    broker.deleteQueue("waiting");

    awaitRestored(
        () -> {
          assertThat(broker.queues())
              .containsExactlyInAnyOrder("work", "waiting", "bound", "unheard");
          assertThat(broker.bindings()).contains(new Bound("amq.topic", "waiting", "wait"));
          assertThat(topology.timesRestored("Queue", "waiting")).isGreaterThan(before);
        });
  }

  /** Where somebody else recreated the queue, they are reported: ConsumerStatusesTest. */
  @Test
  void podsThatIgnoreThatTheirQueueWasRestoredAreRestartedOnce() {
    Broker broker = topology.broker();
    awaitConsumed(broker, "unheard");
    Set<String> deaf = podsOf("deaf");
    Set<String> others = podsOf("worker");

    broker.deleteQueue("unheard");

    await("its Pod is restarted")
        .atMost(RESTARTED)
        .until(() -> Collections.disjoint(podsOf("deaf"), deaf));
    broker.publish("unheard");
    awaitConsumed(broker, "unheard");
    await("the message is gone")
        .atMost(Duration.ofSeconds(30))
        .until(() -> broker.messages("unheard") == 0);
    topology.awaitReady();
    assertThat(podsOf("deaf")).hasSize(1);
    assertThat(podsOf("worker")).isEqualTo(others);
    String recreated =
        value("deployment/orders-deaf", "{.metadata.annotations.warren\\.dev/queue-recreated}");
    assertThat(recreated).isNotEmpty();
    assertThat(value("deployment/orders-deaf", "{.spec.template.metadata.annotations}"))
        .contains(recreated);
  }

  private static void awaitConsumed(Broker broker, String queue) {
    await(queue + " is consumed")
        .atMost(Duration.ofSeconds(60))
        .until(() -> broker.consumers(queue) == 1);
  }

  /** The Pods of a consumer that are not being removed. */
  private static Set<String> podsOf(String consumer) {
    return topology.consumers().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(pod -> consumer.equals(pod.getMetadata().getLabels().get("warren.dev/consumer")))
        .map(pod -> pod.getMetadata().getUid())
        .collect(Collectors.toSet());
  }

  @Test
  void aDeletedExchangeIsRestoredWithItsBindingAndReported() {
    Broker broker = topology.broker();
    int before = topology.timesRestored("Exchange", "events");

    broker.deleteExchange("events");

    awaitRestored(
        () -> {
          assertThat(broker.exchanges()).containsExactly("events");
          assertThat(broker.bindings()).contains(new Bound("events", "bound", "some"));
          assertThat(topology.timesRestored("Exchange", "events")).isGreaterThan(before);
        });
  }

  @Test
  void aDeletedBindingIsRestoredAndReported() {
    Broker broker = topology.broker();
    Bound binding = new Bound("events", "bound", "some");
    String name = "'events' to 'bound' by 'some'";
    int before = topology.timesRestored("Binding", name);

    broker.unbind(binding);

    awaitRestored(
        () -> {
          assertThat(broker.bindings()).contains(binding);
          assertThat(topology.timesRestored("Binding", name)).isGreaterThan(before);
        });
  }

  @Test
  void aChangedPolicyIsRevertedAndADeletedOneRestored() {
    Broker broker = topology.broker();
    String original = broker.policies().get("warren.waiting");
    int before = topology.timesRestored("Policy", "warren.waiting");

    broker.put(
        "policies/%2F/warren.waiting",
        """
        {"pattern": "^waiting$", "apply-to": "quorum_queues", "priority": 100, "definition": {"message-ttl": 5}}
        """);

    awaitRestored(
        () -> {
          assertThat(broker.policies()).containsEntry("warren.waiting", original);
          assertThat(topology.timesRestored("Policy", "warren.waiting")).isEqualTo(before + 1);
        });
    topology.awaitReady();
    broker.deletePolicy("warren.waiting");
    awaitRestored(
        () -> {
          assertThat(broker.policies()).containsEntry("warren.waiting", original);
          assertThat(topology.timesRestored("Policy", "warren.waiting")).isEqualTo(before + 2);
        });
  }

  @Test
  void aPolicyOfSomebodyElseThatOverridesAFieldIsReportedAndKept() {
    Broker broker = topology.broker();

    broker.put(
        "policies/%2F/catch-all",
        """
        {"pattern": ".*", "apply-to": "queues", "priority": 500, "definition": {"max-length": 1000}}
        """);
    topology.awaitTrouble(
        "TopologyDeclared",
        "PolicyOverridden",
        "'waiting' by the policy 'catch-all': message-ttl is not set");
    assertThat(broker.policies()).containsKey("catch-all");
    broker.deletePolicy("catch-all");
    topology.awaitReady();

    broker.put(
        "operator-policies/%2F/cap",
        """
        {"pattern": "^waiting$", "apply-to": "queues", "definition": {"message-ttl": 60000}}
        """);
    topology.awaitTrouble(
        "TopologyDeclared",
        "PolicyOverridden",
        "'waiting' by the operator policy 'cap': message-ttl is 60000");
    broker.deleteOperatorPolicy("cap");
    topology.awaitReady();
  }

  @Test
  void permissionsAndADeletedUserAreRestored() {
    Broker broker = topology.broker();
    int before = topology.timesRestored("User", "app");

    broker.put("permissions/%2F/app", "{\"configure\": \"\", \"write\": \"\", \"read\": \".*\"}");

    awaitRestored(
        () -> {
          assertThat(broker.mayWrite("app")).isTrue();
          assertThat(topology.timesRestored("User", "app")).isEqualTo(before + 1);
        });
    topology.awaitReady();
    broker.deleteUser("app");
    awaitRestored(
        () -> {
          assertThat(broker.mayWrite("app")).isTrue();
          assertThat(topology.timesRestored("User", "app")).isEqualTo(before + 2);
        });
  }

  @Test
  void aPluginIsEnabledWithoutARestartAndAgainAfterSomebodyDisablesIt() {
    Set<String> pods = topology.podIds();
    String node = "rabbit@orders-0.orders-nodes.%s.svc".formatted(namespace.name());

    topology.apply(spec(PLUGIN)).awaitReady();
    assertThat(topology.broker().exchangeTypes()).contains("x-consistent-hash");
    assertThat(topology.timesRestored("Plugins", node)).as("the user's own change").isZero();
    namespace.run("exec", "orders-0", "--", "rabbitmq-plugins", "disable", PLUGIN);

    awaitRestored(
        () -> {
          assertThat(topology.timesRestored("Plugins", node)).isOne();
          assertThat(topology.broker().exchangeTypes()).contains("x-consistent-hash");
        });
    topology.apply(spec(""));
    // A node's plugins are reported up to 5 s late.
    awaitRestored(
        () -> assertThat(topology.broker().exchangeTypes()).doesNotContain("x-consistent-hash"));
    assertThat(topology.podIds()).isEqualTo(pods);
    assertThat(value("pod/orders-0", "{.status.containerStatuses[*].restartCount}")).isEqualTo("0");
  }

  @Test
  void aRestoredObjectIsAnEvent() {
    Broker broker = topology.broker();

    broker.deleteQueue("bound");

    awaitRestored(
        () ->
            assertThat(
                    namespace.run(
                        "get",
                        "events",
                        "--field-selector=reason=DriftRepaired",
                        "--output=jsonpath={.items[*].message}"))
                .contains("Queue bound was restored: It was deleted"));
  }

  private static String value(String object, String field) {
    return namespace.run("get", object, "--output=jsonpath=" + field);
  }

  private static void awaitRestored(ThrowingRunnable assertion) {
    await("it is back").atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
  }
}
