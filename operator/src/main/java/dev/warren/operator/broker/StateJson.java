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
import dev.warren.operator.observation.QueueLoad;
import dev.warren.operator.observation.QueueLoad.Count;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How nodes, queues and moves are at this moment, read from the management API's JSON. */
final class StateJson {

  /** A shovel is slowed down by its own messages now and then; it moves them all the same. */
  private static final Set<String> MOVING = Set.of("running", "flow");

  private StateJson() {}

  /** The nodes of a quorum queue's members that have no vote, or do not say that they have. */
  static List<String> withoutVote(String members) {
    return elements(tree(members))
        .filter(member -> !"voter".equals(text(member, "Membership")))
        .map(member -> text(member, "Node Name"))
        .toList();
  }

  /** The names of the moves that are carried out now, among all shovels. */
  static Set<String> runningMoves(String shovels) {
    return elements(tree(shovels))
        .filter(shovel -> MOVING.contains(text(shovel, "state")))
        .map(shovel -> text(shovel, "name"))
        .collect(Collectors.toSet());
  }

  /**
   * @param alarms the resources that each node has run out of, by its name
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
   * @param copies the queues with leader, members and online, which the totals lack for streams
   */
  static Map<String, QueueState> queues(String totals, String copies) {
    Map<String, JsonNode> copiesByName = byName(elements(tree(copies)), q -> text(q, "name"));
    return byName(
        elements(tree(totals))
            .map(q -> queueState(q, copiesByName.getOrDefault(text(q, "name"), q))),
        QueueState::name);
  }

  /**
   * The same queues with their operator policies. Of each, only the settings that are in effect.
   *
   * @param applied the queues with what is in effect, maybe of a moment after the operator policies
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

  /** The resources that a failed check of alarms names, by the node that has run out of them. */
  static Map<String, List<String>> alarms(String json) {
    return elements(tree(json).path("alarms"))
        .collect(
            Collectors.groupingBy(
                alarm -> text(alarm, "node"),
                Collectors.mapping(alarm -> text(alarm, "resource"), Collectors.toList())));
  }

  /**
   * @param totals the queues with what they hold; one of which that is not said is left out
   * @param statistics the queues with what has left them
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
        // Each is absent until it happens for the first time.
        Stream.of("ack", "deliver_no_ack", "get_no_ack")
            .mapToLong(how -> left.path(how).asLong())
            .sum());
  }

  static Map<String, Long> unacknowledgedByAddress(String channels) {
    return elements(tree(channels))
        .collect(
            Collectors.groupingBy(
                channel -> text(channel.path("connection_details"), "peer_host"),
                // One that is too young to have been counted may hold some.
                Collectors.summingLong(
                    channel -> channel.path("messages_unacknowledged").asLong(1))));
  }

  private static QueueState queueState(JsonNode totals, JsonNode copies) {
    boolean classic = "classic".equals(text(totals, "type"));
    List<String> members = classic ? texts(totals, "node") : texts(copies, "members");
    List<String> online = classic ? onlineIfRunning(totals, members) : texts(copies, "online");
    String leader = text(classic ? totals : copies, classic ? "node" : "leader");
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

  /** The elements of a list that may have been asked for by pages. */
  private static Stream<JsonNode> items(JsonNode list) {
    return elements(list.isArray() ? list : list.path("items"));
  }
}
