package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.v1alpha1.QueueSpec.QueueDeletion;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.BrokerDefinitions.User;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementApiJsonTest {
  static final String DEFINITIONS =
      """
      {"rabbitmq_version": "4.3.6",
       "users": [
         {"name": "app", "password_hash": "aGFzaA==", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": []},
         {"name": "root", "password_hash": "cm9vdA==", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": ["administrator"]},
         {"name": "elsewhere", "password_hash": "eA==", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": []}],
       "permissions": [
         {"user": "app", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
         {"user": "root", "vhost": "/", "configure": ".*", "write": "", "read": ".*"},
         {"user": "elsewhere", "vhost": "other", "configure": ".*", "write": ".*", "read": ".*"}],
       "policies": [
         {"vhost": "/", "name": "limits", "pattern": "^orders$", "apply-to": "quorum_queues", "priority": 7, "definition": {"max-length": 1000}},
         {"vhost": "other", "name": "x", "pattern": ".*", "apply-to": "queues", "priority": 0, "definition": {}}],
       "queues": [
         {"vhost": "/", "name": "orders", "type": "quorum", "durable": true, "auto_delete": false,
          "arguments": {"x-queue-type": "quorum", "x-delivery-limit": 5, "x-dead-letter-exchange": "dead"}},
         {"vhost": "/", "name": "plain", "durable": true, "auto_delete": false, "arguments": {}},
         {"vhost": "other", "name": "x", "type": "classic", "durable": true, "auto_delete": false, "arguments": {}}],
       "exchanges": [
         {"vhost": "/", "name": "events", "type": "topic", "durable": true, "arguments": {}},
         {"vhost": "/", "name": "amq.topic", "type": "topic", "durable": true, "arguments": {}},
         {"vhost": "/", "name": "", "type": "direct", "durable": true, "arguments": {}},
         {"vhost": "other", "name": "x", "type": "topic", "durable": true, "arguments": {}}],
       "parameters": [
         {"vhost": "/", "component": "shovel", "name": "back", "value": {"src-queue": "a", "dest-queue": "b", "src-uri": "amqp://"}},
         {"vhost": "/", "component": "vhost-limits", "name": "limits", "value": {"max-connections": 0}},
         {"vhost": "other", "component": "shovel", "name": "x", "value": {"src-queue": "x", "dest-queue": "y"}}],
       "global_parameters": [
         {"name": "cluster_tags", "value": []},
         {"name": "warren.declared", "value": "{\\"exchanges\\":[\\"events\\"],\\"queues\\":{\\"orders\\":\\"Retain\\"},\\"bindings\\":[{\\"exchange\\":\\"events\\",\\"queue\\":\\"orders\\",\\"routingKey\\":\\"order.*\\",\\"arguments\\":{\\"n\\":1}}],\\"later\\":1}"}],
       "bindings": [
         {"vhost": "/", "source": "events", "destination": "orders", "destination_type": "queue", "routing_key": "order.*", "arguments": {}},
         {"vhost": "/", "source": "events", "destination": "more", "destination_type": "exchange", "routing_key": "#", "arguments": {}},
         {"vhost": "/", "source": "", "destination": "orders", "destination_type": "queue", "routing_key": "orders", "arguments": {}},
         {"vhost": "other", "source": "x", "destination": "x", "destination_type": "queue", "routing_key": "", "arguments": {}}]}
      """;

  private static final String A = "rabbit@a";
  private static final String B = "rabbit@b";
  private static final String C = "rabbit@c";

  private final BrokerDefinitions definitions =
      DefinitionsJson.definitions(ManagementApiJson.tree(DEFINITIONS));

  @Test
  void readsTheOwnershipRecord() {
    assertThat(DefinitionsJson.declared(ManagementApiJson.tree(DEFINITIONS)))
        .isEqualTo(
            new OwnershipRecord(
                Set.of("events"),
                Map.of("orders", QueueDeletion.Retain),
                Set.of(new Binding("events", "orders", "order.*", Map.of("n", 1)))));
  }

  /** Then nothing is ours, and nothing is removed. */
  @Test
  void anAbsentOrInvalidRecordOwnsNothing() {
    assertThat(DefinitionsJson.declared(ManagementApiJson.tree("{\"global_parameters\": []}")))
        .isEqualTo(OwnershipRecord.NOTHING);
    assertThat(
            DefinitionsJson.declared(
                ManagementApiJson.tree(
                    "{\"global_parameters\": [{\"name\": \"warren.declared\", \"value\": \"{\"}]}")))
        .isEqualTo(OwnershipRecord.NOTHING);
  }

  @Test
  void keepsDeclaredExchangesOfTheVirtualHost() {
    assertThat(definitions.exchanges())
        .isEqualTo(Map.of("events", new Exchange("events", "topic", Map.of())));
  }

  @Test
  void separatesAQueuesTypeFromItsArguments() {
    assertThat(definitions.queues())
        .isEqualTo(
            Map.of(
                "orders",
                new Queue(
                    "orders",
                    "quorum",
                    Map.of("x-delivery-limit", 5L, "x-dead-letter-exchange", "dead")),
                "plain",
                new Queue("plain", "classic", Map.of())));
  }

  @Test
  void keepsExplicitBindingsToQueues() {
    assertThat(definitions.bindings())
        .isEqualTo(Set.of(new Binding("events", "orders", "order.*", Map.of())));
  }

  @Test
  void readsPolicies() {
    assertThat(definitions.policies())
        .isEqualTo(
            Map.of(
                "limits",
                new Policy("limits", "^orders$", "quorum_queues", 7, Map.of("max-length", 1000L))));
  }

  @Test
  void onlyUsersWithEveryPermissionArePermitted() {
    assertThat(definitions.users())
        .isEqualTo(
            Map.of(
                "app", new User("app", "aGFzaA==", Set.of(), true),
                "root", new User("root", "cm9vdA==", Set.of("administrator"), false),
                "elsewhere", new User("elsewhere", "eA==", Set.of(), false)));
  }

  @Test
  void readsMovesOfMessagesAndWhetherClientsMayConnect() {
    assertThat(DefinitionsJson.moves(ManagementApiJson.tree(DEFINITIONS)))
        .isEqualTo(Map.of("back", new Move("a", "b")));
    assertThat(DefinitionsJson.closed(ManagementApiJson.tree(DEFINITIONS))).isTrue();
    assertThat(
            DefinitionsJson.closed(
                ManagementApiJson.tree(DEFINITIONS.replace("\"max-connections\": 0", ""))))
        .isFalse();
  }

  @Test
  void readsNodes() {
    assertThat(
            StateJson.nodes(
                """
                [{"name": "rabbit@a", "running": true, "enabled_plugins": ["rabbitmq_shovel", "rabbitmq_stream"]},
                  {"name": "rabbit@b", "running": false}]
                """,
                StateJson.alarms(
                    """
                    {"status": "failed", "alarms": [{"node": "rabbit@a", "resource": "disk"},
                      {"node": "rabbit@a", "resource": "memory"}]}
                    """)))
        .isEqualTo(
            Map.of(
                A,
                new Node(
                    A,
                    true,
                    List.of("disk", "memory"),
                    Optional.of(Set.of("rabbitmq_shovel", "rabbitmq_stream"))),
                B,
                new Node(B, false, List.of(), Optional.empty())));
  }

  @Test
  void readsAQuorumQueue() {
    assertThat(
            onlyQueue(
                """
                [{"name": "q", "type": "quorum", "leader": "rabbit@a",
                  "members": ["rabbit@a", "rabbit@b", "rabbit@c"], "online": ["rabbit@a", "rabbit@c"],
                  "messages": 6, "messages_ready": 3, "messages_unacknowledged": 2, "state": "running"}]
                """))
        .isEqualTo(new QueueState("q", Optional.of(A), List.of(A, B, C), List.of(A, C), 3, 2, 1));
  }

  @Test
  void aNodeThatIsDownLeadsNothing() {
    assertThat(
            onlyQueue(
                """
                [{"name": "q", "type": "quorum", "leader": "rabbit@a",
                  "members": ["rabbit@a", "rabbit@b"], "online": ["rabbit@b"], "state": "minority"}]
                """))
        .isEqualTo(uncounted("q", Optional.empty(), List.of(A, B), List.of(B)));
  }

  @Test
  void aClassicQueuesOnlyMemberIsItsNode() {
    assertThat(
            onlyQueue(
                """
                [{"name": "q", "type": "classic", "node": "rabbit@a", "online": null,
                  "messages": 1, "messages_ready": 1, "messages_unacknowledged": 0, "state": "running"}]
                """))
        .isEqualTo(new QueueState("q", Optional.of(A), List.of(A), List.of(A), 1, 0, 0));
  }

  @Test
  void aClassicQueueThatIsDownHasNoLeader() {
    assertThat(
            onlyQueue(
                """
                [{"name": "q", "type": "classic", "node": "rabbit@a", "online": null, "state": "down"}]
                """))
        .isEqualTo(uncounted("q", Optional.empty(), List.of(A), List.of()));
  }

  /** As RabbitMQ 4.3 reports streams without statistics, and with them. */
  @Test
  void theMembersAndTheMessagesOfAStreamComeFromOtherResponses() {
    String totals =
        """
        [{"name": "s", "type": "stream", "state": "running"},
         {"name": "q", "type": "classic", "node": "rabbit@b", "online": null, "state": "running",
          "messages": 0, "messages_ready": 0, "messages_unacknowledged": 0}]
        """;
    String members =
        """
        [{"name": "s", "leader": "rabbit@a", "members": ["rabbit@a", "rabbit@b"], "online": ["rabbit@a"]},
         {"name": "q", "online": null}]
        """;
    String counts =
        """
        {"items": [{"name": "s", "messages": 3108, "messages_ready": 3108, "messages_unacknowledged": 0}]}
        """;
    assertThat(StateJson.queues(totals, members, counts))
        .isEqualTo(
            Map.of(
                "s", new QueueState("s", Optional.of(A), List.of(A, B), List.of(A), 3108, 0, 0),
                "q", new QueueState("q", Optional.of(B), List.of(B), List.of(B), 0, 0, 0)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ", 'messages_ready': 0, 'messages_unacknowledged': 0",
        ", 'messages': 0, 'messages_unacknowledged': 0",
        ", 'messages': 0, 'messages_ready': 0",
        ", 'messages': 0, 'messages_ready': 0, 'messages_unacknowledged': ''",
        ", 'messages': null, 'messages_ready': null, 'messages_unacknowledged': null",
      })
  void anAbsentCountIsNotZero(String counts) {
    String queue =
        "{'name': 'q', 'type': 'quorum', 'leader': 'rabbit@a', 'members': ['rabbit@a'],"
            + " 'online': ['rabbit@a'], 'state': 'running'%s}".formatted(counts);

    QueueState state = onlyQueue("[%s]".formatted(queue).replace('\'', '"'));

    assertThat(state).isEqualTo(uncounted("q", Optional.of(A), List.of(A), List.of(A)));
    assertThat(state.seemsEmpty()).isFalse();
  }

  @Test
  void aNodeThatMayRunDoesNotCountAsStopped() {
    assertThatThrownBy(() -> StateJson.nodes("[{\"name\": \"rabbit@a\"}]", Map.of()))
        .isInstanceOf(BrokerException.class);
  }

  private static QueueState uncounted(
      String name, Optional<String> leader, List<String> members, List<String> online) {
    return new QueueState(name, leader, members, online, Optional.empty(), AppliedPolicies.UNKNOWN);
  }

  @Test
  void readsWhichPolicyAppliesToAQueue() {
    Map<String, QueueState> queues =
        StateJson.queues(
            """
            [{"name": "latest", "type": "quorum", "policy": "catch-all"},
             {"name": "plain", "type": "classic"}]
            """);

    assertThat(queues.get("latest").policies())
        .isEqualTo(new AppliedPolicies(Optional.of("catch-all"), Optional.empty()));
    assertThat(queues.get("plain").policies()).isEqualTo(AppliedPolicies.UNKNOWN);
  }

  @Test
  void readsOperatorPoliciesWithTheirSettingsInEffect() {
    Map<String, Policy> operatorPolicies =
        DefinitionsJson.operatorPolicies(
            ManagementApiJson.tree(
                """
                {"parameters": [
                  {"vhost": "/", "component": "operator_policy", "name": "cap",
                   "value": {"apply-to": "queues", "pattern": ".*", "priority": 1,
                             "definition": {"max-length": 3, "message-ttl": 5000, "expires": 9000}}},
                  {"vhost": "other", "component": "operator_policy", "name": "x",
                   "value": {"apply-to": "all", "pattern": ".*", "priority": 1, "definition": {}}}]}
                """));
    // The length is from before the operator policy changed, and the TTL is that of a policy.
    String applied =
        """
        [{"effective_policy_definition": {"max-length": 4, "message-ttl": 1000, "expires": 9000},
          "name": "latest", "operator_policy": "cap", "policy": "catch-all"},
         {"effective_policy_definition": {}, "name": "plain", "operator_policy": null, "policy": null},
         {"name": "gone", "operator_policy": "cap", "effective_policy_definition": {}}]
        """;
    Map<String, QueueState> queues =
        StateJson.queues(
            """
            [{"name": "latest", "type": "quorum", "policy": "catch-all"},
             {"name": "plain", "type": "classic"}, {"name": "new", "type": "classic"}]
            """);

    assertThat(operatorPolicies).containsOnlyKeys("cap");
    assertThat(StateJson.withOperatorPolicies(queues, operatorPolicies, applied))
        .isEqualTo(
            Map.of(
                "latest",
                queues
                    .get("latest")
                    .withOperatorPolicy(
                        Optional.of(new Policy("cap", ".*", "queues", 1, Map.of("expires", 9000)))),
                "plain",
                queues.get("plain"),
                "new",
                queues.get("new")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "null", "[]", "<html>", "{\"users\": []}"})
  void aResponseWithoutAListIsNotAnEmptyBroker(String answer) {
    assertThatThrownBy(() -> DefinitionsJson.definitions(ManagementApiJson.tree(answer)))
        .isInstanceOf(BrokerException.class);
  }

  @Test
  void readsWhatItCanOfAnError() {
    assertThat(
            ManagementApiJson.error("{\"error\":\"bad_request\",\"reason\":\" no\\n\\nway \\n\"}"))
        .isEqualTo(new ManagementApiJson.ErrorBody("bad_request", "no way"));
    assertThat(ManagementApiJson.error("<html>"))
        .isEqualTo(new ManagementApiJson.ErrorBody("", ""));
  }

  private static QueueState onlyQueue(String json) {
    return StateJson.queues(json).get("q");
  }
}
