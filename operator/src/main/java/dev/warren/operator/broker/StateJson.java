package dev.warren.operator.broker;

import static dev.warren.operator.broker.ManagementApiJson.byName;
import static dev.warren.operator.broker.ManagementApiJson.elements;
import static dev.warren.operator.broker.ManagementApiJson.object;
import static dev.warren.operator.broker.ManagementApiJson.text;
import static dev.warren.operator.broker.ManagementApiJson.texts;
import static dev.warren.operator.broker.ManagementApiJson.tree;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueLoad;
import dev.warren.operator.observation.QueueLoad.Count;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the current state of nodes, queues and moves from the management API's JSON. */
final class StateJson {

  /** A shovel that is throttled by flow control still moves messages. */
  private static final Set<String> MOVING = Set.of("running", "flow");

  private StateJson() {}

  /** The nodes whose member of a quorum queue has no vote, or does not report one. */
  static List<String> withoutVote(String members) {
    return elements(tree(members))
        .filter(member -> !"voter".equals(text(member, "Membership")))
        .map(member -> text(member, "Node Name"))
        .toList();
  }

  /** The names of the moves that run now, among all shovels. */
  static Set<String> runningMoves(String shovels) {
    return elements(tree(shovels))
        .filter(shovel -> MOVING.contains(text(shovel, "state")))
        .map(shovel -> text(shovel, "name"))
        .collect(Collectors.toSet());
  }

  /**
   * @param alarms the exhausted resources of each node, by its name
   */
  static Map<String, Node> nodes(String json, Map<String, List<String>> alarms) {
    return byName(
        elements(tree(json))
            .map(
                n ->
                    new Node(
                        text(n, "name"),
                        n.path("running").asBoolean(),
                        alarms.getOrDefault(text(n, "name"), List.of()),
                        n.has("enabled_plugins")
                            ? Optional.of(Set.copyOf(texts(n, "enabled_plugins")))
                            : Optional.empty())),
        Node::name);
  }

  static Map<String, QueueState> queues(String totals) {
    return queues(totals, "[]");
  }

  /**
   * @param details the queues with leader, members and online, which the totals lack for streams
   */
  static Map<String, QueueState> queues(String totals, String details) {
    Map<String, JsonNode> detailsByName = byName(elements(tree(details)), q -> text(q, "name"));
    return byName(
        elements(tree(totals))
            .map(q -> queueState(q, detailsByName.getOrDefault(text(q, "name"), q))),
        QueueState::name);
  }

  /**
   * The same queues with their operator policies, reduced to the settings in effect.
   *
   * @param applied the queues with the settings in effect, maybe slightly newer than the policies
   */
  static Map<String, QueueState> withOperatorPolicies(
      Map<String, QueueState> queues, Map<String, Policy> operatorPolicies, String applied) {
    Map<String, JsonNode> appliedByName =
        byName(elements(tree(applied)), queue -> text(queue, "name"));
    return byName(
        queues.values().stream()
            .map(
                queue ->
                    Optional.ofNullable(appliedByName.get(queue.name()))
                        .map(found -> operatorPolicy(found, operatorPolicies))
                        .map(queue::withOperatorPolicy)
                        .orElse(queue)),
        QueueState::name);
  }

  private static Optional<Policy> operatorPolicy(
      JsonNode applied, Map<String, Policy> operatorPolicies) {
    return Optional.ofNullable(operatorPolicies.get(text(applied, "operator_policy")))
        .map(policy -> policy.reducedTo(object(applied, "effective_policy_definition")));
  }

  /** The exhausted resources that a failed check of alarms names, by node. */
  static Map<String, List<String>> alarms(String json) {
    return elements(tree(json).path("alarms"))
        .collect(
            Collectors.groupingBy(
                alarm -> text(alarm, "node"),
                Collectors.mapping(alarm -> text(alarm, "resource"), Collectors.toList())));
  }

  /**
   * @param totals the queues with their message counts; queues without counts are left out
   * @param statistics the queues with the counts of messages that have left them
   */
  static QueueLoad load(Map<String, List<String>> alarms, String totals, String statistics) {
    Map<String, JsonNode> statisticsByName =
        byName(items(tree(statistics)), queue -> text(queue, "name"));
    Map<String, Count> counts = new LinkedHashMap<>();
    items(tree(totals))
        .filter(
            queue ->
                queue.has("messages_ready") && queue.path("messages_unacknowledged").isNumber())
        .forEach(
            queue -> {
              String name = text(queue, "name");
              counts.put(name, count(queue, statisticsByName.get(name)));
            });
    return new QueueLoad(
        alarms.values().stream().flatMap(List::stream).distinct().sorted().toList(), counts);
  }

  private static Count count(JsonNode totals, JsonNode statistics) {
    JsonNode left =
        statistics == null ? MissingNode.getInstance() : statistics.path("message_stats");
    return new Count(
        queueState(totals, totals).leader().isPresent(),
        totals.path("messages_ready").asLong(),
        totals.path("messages_unacknowledged").asLong(),
        // Each counter is absent until its first event.
        Stream.of("ack", "deliver_no_ack", "get_no_ack")
            .mapToLong(how -> left.path(how).asLong())
            .sum());
  }

  /**
   * The consumers of these queues; those without a count are left out.
   *
   * @param statistics these queues, or all
   */
  static Map<String, ConsumerCount> consumers(Set<String> queues, String statistics) {
    return items(tree(statistics))
        .filter(queue -> queues.contains(text(queue, "name")))
        .filter(queue -> queue.has("consumers") && queue.has("messages_ready"))
        .collect(
            Collectors.toMap(
                queue -> text(queue, "name"),
                queue ->
                    new ConsumerCount(
                        queue.path("consumers").asLong(), queue.path("messages_ready").asLong())));
  }

  static Map<String, ClientWork> workByAddress(String channels) {
    return elements(tree(channels))
        .collect(
            Collectors.toMap(
                channel -> text(channel.path("connection_details"), "peer_host"),
                StateJson::work,
                ClientWork::plus));
  }

  private static ClientWork work(JsonNode channel) {
    return new ClientWork(
        // A channel that is too young for a count may hold some.
        channel.path("messages_unacknowledged").asLong(1),
        Optional.of(text(channel, "idle_since")).filter(since -> !since.isEmpty()));
  }

  private static QueueState queueState(JsonNode totals, JsonNode details) {
    boolean classic = "classic".equals(text(totals, "type"));
    List<String> members = classic ? texts(totals, "node") : texts(details, "members");
    List<String> online = classic ? onlineIfRunning(totals, members) : texts(details, "online");
    String leader = text(classic ? totals : details, classic ? "node" : "leader");
    long ready = totals.path("messages_ready").asLong();
    long unacknowledged = totals.path("messages_unacknowledged").asLong();
    return new QueueState(
        text(totals, "name"),
        // A node that is down is still named as the leader until another one is elected.
        Optional.of(leader).filter(online::contains),
        members,
        online,
        ready,
        unacknowledged,
        Math.max(0, totals.path("messages").asLong() - ready - unacknowledged),
        new AppliedPolicies(
            Optional.of(text(totals, "policy")).filter(name -> !name.isEmpty()), Optional.empty()));
  }

  private static List<String> onlineIfRunning(JsonNode classicQueue, List<String> members) {
    return "running".equals(text(classicQueue, "state")) ? members : List.of();
  }

  /** The elements of a list, paged or not. */
  private static Stream<JsonNode> items(JsonNode list) {
    return elements(list.isArray() ? list : list.path("items"));
  }
}
