package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.PasswordHash;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.Messages;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueLoad;
import dev.warren.operator.plan.topology.TopologyPlan;
import dev.warren.operator.plan.topology.TopologyPlanner;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan and the client against a real RabbitMQ: {@code make test-node} starts it. */
class ManagementApiBrokerIT {

  private final BrokerClient broker = RealBroker.client();

  @Test
  void aPlanWithAnyNamesConverges() {
    List<String> names =
        List.of("a b", "a/b", "a.b", "^a$", "(a|b)*", "50%+1", "日本", "é".repeat(127) + "x");
    for (String name : names) {
      BrokerDefinitions desired = everythingNamed(name);

      carryOut(TopologyPlanner.plan(desired, observed().definitions(), Set.of()));

      assertThat(TopologyPlanner.plan(desired, observed().definitions(), Set.of()))
          .as(name)
          .isEqualTo(new TopologyPlan(List.of(), List.of()));
    }
  }

  @Test
  void theBrokerAppliesAQueuesPolicyToThatQueue() {
    carryOut(
        TopologyPlanner.plan(everythingNamed("with.policy"), observed().definitions(), Set.of()));
    carryOut(
        TopologyPlanner.plan(everythingNamed("withXpolicy"), observed().definitions(), Set.of()));

    // RabbitMQ applies policies to queues shortly after its response.
    await().until(() -> policyOf("with.policy"), "warren.with.policy"::equals);
    await().until(() -> policyOf("withXpolicy"), "warren.withXpolicy"::equals);
  }

  @Test
  void thePoliciesThatApplyToAQueueAreRead() throws Exception {
    Policy other = new Policy("other", "^governed$", "queues", 500, Map.of("max-length", 9));
    Policy above =
        new Policy("above", "^governed$", "queues", 0, Map.of("max-length", 3, "expires", 9000000));
    carryOut(TopologyPlanner.plan(everythingNamed("governed"), observed().definitions(), Set.of()));
    broker.apply(new BrokerAction.PutPolicy(other));
    send("PUT", "/api/operator-policies/%2F/above", policyJson(above));

    await()
        .untilAsserted(
            () ->
                assertThat(observed().queues().get("governed").policies())
                    .isEqualTo(new AppliedPolicies(Optional.of("other"), Optional.of(above))));

    broker.apply(new BrokerAction.RemovePolicy("other"));
    send("DELETE", "/api/operator-policies/%2F/above", "");
    await()
        .untilAsserted(
            () ->
                assertThat(observed().queues().get("governed").policies())
                    .isEqualTo(
                        new AppliedPolicies(Optional.of("warren.governed"), Optional.empty())));
  }

  private static String policyJson(Policy policy) throws Exception {
    return new ObjectMapper()
        .writeValueAsString(
            Map.of(
                "pattern", policy.pattern(),
                "apply-to", policy.applyTo(),
                "priority", policy.priority(),
                "definition", policy.definition()));
  }

  @Test
  void anApplicationUserHasPermissionsAndItsPasswordMatchesItsHash() {
    broker.apply(new BrokerAction.PutUser("application", "a password"));

    BrokerDefinitions.User user = observed().definitions().users().get("application");
    assertThat(user.permitted()).isTrue();
    assertThat(user.tags()).isEmpty();
    assertThat(PasswordHash.matches(user.passwordHash(), "a password")).isTrue();
    assertThat(PasswordHash.matches(user.passwordHash(), "another")).isFalse();
  }

  @Test
  void theOperatorsAccountIsCreatedAndResetWithoutLoggingIn() {
    broker.apply(new BrokerAction.RestoreAccount("restored", "one"));
    assertThat(RealBroker.client("restored", "one").observe()).isInstanceOf(Reachable.class);

    broker.apply(new BrokerAction.RestoreAccount("restored", "another"));
    assertThat(RealBroker.client("restored", "another").observe()).isInstanceOf(Reachable.class);
    assertThat(RealBroker.client("restored", "one").observe())
        .isInstanceOfSatisfying(Unreachable.class, said -> assertThat(said.refused()).isTrue());
  }

  @Test
  void aNewQueueHasALeaderThatIsARunningNode() {
    carryOut(TopologyPlanner.plan(everythingNamed("led"), observed().definitions(), Set.of()));

    Reachable observed = observed();
    String leader = observed.queues().get("led").leader().orElseThrow();
    assertThat(observed.nodes().get(leader).running()).isTrue();
    assertThat(observed.queues().get("led").online()).containsExactly(leader);
  }

  @Test
  void theLoadOfQueuesOfAnyNameIsCounted() {
    Set<String> names = Set.of("load a b", "load^a$", "load(a|b)*", "load50%+1", "load日本");
    names.forEach(
        name ->
            carryOut(
                TopologyPlanner.plan(everythingNamed(name), observed().definitions(), Set.of())));

    await()
        .untilAsserted(
            () -> {
              QueueLoad load = broker.load(names);
              assertThat(load.queues()).containsOnlyKeys(names);
              assertThat(load.queues().values()).containsOnly(new QueueLoad.Count(true, 0, 0, 0));
              assertThat(load.alarms()).isEmpty();
            });
    assertThat(broker.workByAddress()).isEmpty();
  }

  /** Those that wait for their turn at a queue with a single active consumer count too. */
  @Test
  void theConsumersOfQueuesAreCountedUntilTheQueueIsDeleted() throws Exception {
    Map<String, Object> inTurn = Map.of("x-single-active-consumer", true);
    Map<String, Queue> queues =
        Stream.of(
                new Queue("consumed quorum", "quorum", Map.of()),
                new Queue("consumed quorum in turn", "quorum", inTurn),
                new Queue("consumed classic", "classic", Map.of()),
                new Queue("consumed classic in turn", "classic", inTurn),
                new Queue("consumed stream", "stream", Map.of()))
            .collect(Collectors.toMap(Queue::name, queue -> queue));
    queues.values().forEach(queue -> broker.apply(new BrokerAction.DeclareQueue(queue)));
    awaitConsumers(queues.keySet(), 0, 0);
    try (Connection connection = connect()) {
      for (String name : queues.keySet()) {
        consume(connection, name);
        consume(connection, name);
      }
      awaitConsumers(queues.keySet(), 2, 0);

      for (Queue queue : queues.values()) {
        send("DELETE", "/api/queues/%2F/" + queue.name().replace(" ", "%20"), "");
        broker.apply(new BrokerAction.DeclareQueue(queue));
        connection.createChannel().basicPublish("", queue.name(), null, new byte[1]);
      }
      awaitConsumers(queues.keySet(), 0, 1);
      assertThat(connection.isOpen()).isTrue();
    }
  }

  /** Without statistics RabbitMQ does not report the messages of a stream, on any node. */
  @Test
  void theMessagesOfAStreamAreCounted() throws Exception {
    broker.apply(new BrokerAction.DeclareQueue(new Queue("counted stream", "stream", Map.of())));
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      for (int i = 0; i < 100; i++) {
        channel.basicPublish("", "counted stream", null, new byte[1]);
      }
      channel.waitForConfirmsOrDie(10_000);
    }

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(observed().queues().get("counted stream").messages())
                    .contains(new Messages(100, 0, 0)));
  }

  private static void consume(Connection connection, String queue) throws IOException {
    Channel channel = connection.createChannel();
    channel.basicQos(1);
    channel.basicConsume(queue, new DefaultConsumer(channel));
  }

  private void awaitConsumers(Set<String> queues, long number, long messages) {
    ConsumerCount count = new ConsumerCount(number, messages);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(broker.consumers(queues))
                    .containsOnlyKeys(queues)
                    .allSatisfy((queue, counted) -> assertThat(counted).isEqualTo(count)));
  }

  /** Of the mistakes that only RabbitMQ finds. */
  @Test
  void valuesOfArgumentsAreRefusedWithTheBrokersMessage() {
    broker.apply(new BrokerAction.DeclareExchange(new Exchange("headed", "headers", Map.of())));
    broker.apply(new BrokerAction.DeclareQueue(new Queue("headless", "quorum", Map.of())));

    assertThatThrownBy(
            () ->
                broker.apply(
                    new BrokerAction.DeclareQueue(
                        new Queue("wrong", "quorum", Map.of("x-max-length", "5")))))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("'x-max-length' for queue 'wrong'")
        .hasMessageContaining("expected integer, got longstr");
    assertThatThrownBy(
            () ->
                broker.apply(
                    new BrokerAction.Bind(
                        new Binding("headed", "headless", "", Map.of("x-match", "al")))))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("expected all, any, all-with-x, or any-with-x");

    broker.apply(new BrokerAction.RemoveQueue("headless", true));
    broker.apply(new BrokerAction.RemoveExchange("headed"));
  }

  @Test
  void aBindingToAMissingQueueIsRefusedWithTheBrokersMessage() {
    assertThatThrownBy(
            () ->
                broker.apply(
                    new BrokerAction.Bind(new Binding("amq.topic", "missing", "", Map.of()))))
        .isInstanceOf(BrokerException.class)
        .hasMessage("no queue 'missing' in vhost '/'")
        .extracting(e -> ((BrokerException) e).kind())
        .isEqualTo(BrokerException.Kind.REFUSED);
  }

  @Test
  void theOwnershipRecordIsReadAsItWasWritten() {
    OwnershipRecord record = OwnershipRecord.of(specNamed("'\"日本 %"));

    broker.apply(new BrokerAction.PutRecord(record));

    assertThat(observed().declared()).isEqualTo(record);
    broker.apply(new BrokerAction.PutRecord(OwnershipRecord.NOTHING));
    assertThat(observed().declared()).isEqualTo(OwnershipRecord.NOTHING);
  }

  @Test
  void declaredObjectsWithAnyNamesAreRemovedAndNothingElse() {
    List<String> names = List.of("gone a b", "gone/a", "(gone|b)*", "gone 50%+1", "gone 日本");
    for (String name : names) {
      BrokerDefinitions desired = everythingNamed(name);
      carryOut(TopologyPlanner.plan(desired, observed().definitions(), Set.of()));
      Binding other = new Binding(name, name, "other", Map.of());
      broker.apply(new BrokerAction.Bind(other));

      desired.bindings().forEach(binding -> broker.apply(new BrokerAction.Unbind(binding)));

      assertThat(observed().definitions().bindings())
          .contains(other)
          .doesNotContainAnyElementsOf(desired.bindings());
      assertThatThrownBy(() -> broker.apply(new BrokerAction.RemoveExchange(name)))
          .as("still bound")
          .extracting(e -> ((BrokerException) e).kind())
          .isEqualTo(BrokerException.Kind.IN_USE);

      // Each twice, as after an operator that was killed before it saw the result.
      for (int i = 0; i < 2; i++) {
        broker.apply(new BrokerAction.Unbind(other));
        broker.apply(new BrokerAction.RemoveQueue(name, true));
        broker.apply(new BrokerAction.RemovePolicy("warren." + name));
        broker.apply(new BrokerAction.RemoveExchange(name));
      }
      BrokerDefinitions left = observed().definitions();
      assertThat(left.queues()).doesNotContainKey(name);
      assertThat(left.exchanges()).doesNotContainKey(name);
      assertThat(left.policies()).doesNotContainKey("warren." + name);
    }
  }

  @Test
  void bindingsAreRemovedWhateverTheirRoutingKeysAndArguments() {
    broker.apply(new BrokerAction.DeclareExchange(new Exchange("matched", "headers", Map.of())));
    broker.apply(new BrokerAction.DeclareQueue(new Queue("bound", "quorum", Map.of())));
    List<Binding> bindings =
        Stream.of("", "name~", "a+b", "sites/berlin/50%", "a/b #~%+", "a~b", ".", "..", "日本")
            .flatMap(
                key ->
                    Stream.of(
                        new Binding("matched", "bound", key, Map.of()),
                        new Binding(
                            "matched",
                            "bound",
                            key,
                            Map.of("x-match", "any", "level", 2, "rate", 1.5, "urgent", true))))
            .toList();
    bindings.forEach(binding -> broker.apply(new BrokerAction.Bind(binding)));
    assertThat(observed().definitions().bindings()).containsAll(bindings);

    bindings.forEach(binding -> broker.apply(new BrokerAction.Unbind(binding)));

    assertThat(observed().definitions().bindings()).doesNotContainAnyElementsOf(bindings);
    broker.apply(new BrokerAction.RemoveQueue("bound", true));
    broker.apply(new BrokerAction.RemoveExchange("matched"));
  }

  @Test
  void anEmptyQueueWithASingleActiveConsumerIsDeleted() throws Exception {
    String queue = "single";
    broker.apply(
        new BrokerAction.DeclareQueue(
            new Queue(queue, "quorum", Map.of("x-single-active-consumer", true))));
    try (Connection connection = connect()) {
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      channel.basicPublish("", queue, null, new byte[] {1});
      channel.waitForConfirmsOrDie(5000);

      assertInUse(queue, "It has messages, and its onDelete is DeleteIfEmpty");

      channel.queuePurge(queue);
    }

    broker.apply(new BrokerAction.RemoveQueue(queue, true));

    assertThat(observed().definitions().queues()).doesNotContainKey(queue);
  }

  /** The management API counts zero for up to 5 s. */
  @ParameterizedTest
  @ValueSource(strings = {"quorum", "classic"})
  void aQueueWithAJustConfirmedMessageIsNotDeleted(String type) throws Exception {
    String queue = "full " + type;
    broker.apply(new BrokerAction.DeclareQueue(new Queue(queue, type, Map.of())));
    try (Connection connection = connect()) {
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      channel.basicPublish("", queue, null, new byte[] {1});
      channel.waitForConfirmsOrDie(5000);

      assertInUse(queue, "It has messages, and its onDelete is DeleteIfEmpty");

      GetResponse message = channel.basicGet(queue, false);
      assertThat(message).isNotNull();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> messages(queue).filter(known -> known.unacknowledged() == 1).isPresent());
      assertInUse(queue, "It has unacknowledged messages, and its onDelete is DeleteIfEmpty");

      channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
      String consumer = channel.basicConsume(queue, new DefaultConsumer(channel));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> messages(queue).filter(known -> known.unacknowledged() == 0).isPresent());
      assertInUse(queue, "It has consumers, and its onDelete is DeleteIfEmpty");
      channel.basicCancel(consumer);
    }

    broker.apply(new BrokerAction.RemoveQueue(queue, true));

    assertThat(observed().definitions().queues()).doesNotContainKey(queue);
  }

  /** Otherwise RabbitMQ would drop it, although its publisher had got a confirm. */
  @Test
  void aDeadLetterStaysInItsQueueWhileItCannotArrive() throws Exception {
    carryOut(
        TopologyPlanner.plan(
            DesiredDefinitions.of(
                Serialization.unmarshal(
                    """
                    queues:
                      - {name: full, type: quorum, maxLength: 1, overflow: reject-publish}
                      - {name: failing, type: quorum, deadLetter: {queue: full}}
                    """,
                    MessageTopologySpec.class)),
            observed().definitions(),
            Set.of()));
    // RabbitMQ applies policies to queues shortly after its response.
    await().until(() -> policyOf("failing"), "warren.failing"::equals);
    await().until(() -> policyOf("full"), "warren.full"::equals);
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      await().until(() -> isRefused(channel, "full"));
      assertThat(isRefused(channel, "failing")).isFalse();

      GetResponse message = channel.basicGet("failing", false);
      channel.basicReject(message.getEnvelope().getDeliveryTag(), false);

      await()
          .until(() -> messages("failing").filter(known -> known.deadLetters() == 1).isPresent());
      assertThat(channel.basicGet("failing", true)).isNull();
    }
  }

  private static boolean isRefused(Channel channel, String queue) throws Exception {
    channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, new byte[1]);
    return !channel.waitForConfirms();
  }

  private Optional<Messages> messages(String queue) {
    return observed().queues().get(queue).messages();
  }

  private void assertInUse(String queue, String message) {
    assertThatThrownBy(() -> broker.apply(new BrokerAction.RemoveQueue(queue, true)))
        .hasMessage(message)
        .extracting(e -> ((BrokerException) e).kind())
        .isEqualTo(BrokerException.Kind.IN_USE);
    assertThat(observed().definitions().queues()).containsKey(queue);
  }

  private static Connection connect() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(RealBroker.URL.getHost());
    factory.setUsername(RealBroker.USER);
    factory.setPassword(RealBroker.PASSWORD);
    return factory.newConnection();
  }

  private static BrokerDefinitions everythingNamed(String name) {
    return DesiredDefinitions.of(specNamed(name));
  }

  private static MessageTopologySpec specNamed(String name) {
    return Serialization.unmarshal(
        """
            exchanges: [{name: NAME, type: headers}]
            queues:
              - {name: NAME, type: quorum, messageTTL: 1h, deliveryLimit: 5, deadLetter: {queue: NAME}}
            bindings:
              - {exchange: NAME, queue: NAME, routingKey: "", arguments: {x-match: all, n: 5, big: true}}
              - {exchange: NAME, queue: NAME, routingKey: "order.#", arguments: {kind: NAME}}
            """
            .replace("NAME", "'" + name.replace("'", "''") + "'"),
        MessageTopologySpec.class);
  }

  private void carryOut(TopologyPlan plan) {
    plan.actions().forEach(broker::apply);
  }

  private Reachable observed() {
    return (Reachable) broker.observe();
  }

  private static String policyOf(String name) throws Exception {
    String queue = send("GET", "/api/queues/%2F/" + name + "?disable_stats=true", "");
    return new ObjectMapper().readTree(queue).path("policy").asText();
  }

  private static String send(String method, String path, String body) throws Exception {
    String credentials =
        Base64.getEncoder()
            .encodeToString((RealBroker.USER + ":" + RealBroker.PASSWORD).getBytes());
    HttpRequest request =
        HttpRequest.newBuilder(RealBroker.URL.resolve(path))
            .version(HttpClient.Version.HTTP_1_1)
            .header("Authorization", "Basic " + credentials)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response =
        RealBroker.HTTP.send(RealBroker.NODE, request, BodyHandlers.ofString()).get();
    assertThat(response.statusCode()).isBetween(200, 299);
    return response.body();
  }
}
