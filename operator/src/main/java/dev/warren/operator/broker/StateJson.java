package dev.warren.operator.broker;

import static dev.warren.operator.broker.ManagementApiJson.bool;
import static dev.warren.operator.broker.ManagementApiJson.byName;
import static dev.warren.operator.broker.ManagementApiJson.elements;
import static dev.warren.operator.broker.ManagementApiJson.object;
import static dev.warren.operator.broker.ManagementApiJson.text;
import static dev.warren.operator.broker.ManagementApiJson.texts;
import static dev.warren.operator.broker.ManagementApiJson.tree;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.Messages;
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
                        bool(n, "running"),
                        alarms.getOrDefault(text(n, "name"), List.of()),
                        n.has("enabled_plugins")
                            ? Optional.of(Set.copyOf(texts(n, "enabled_plugins")))
                            : Optional.empty())),
        Node::name);
  }

  static Map<String, QueueState> queues(String totals) {
    return queues(totals, "[]", "[]");
  }

  /**
   * @param details the queues with leader, members and online, which the totals lack for streams
   * @param counts the streams with their messages, which the totals lack
   */
  static Map<String, QueueState> queues(String totals, String details, String counts) {
    Map<String, JsonNode> detailsByName = byName(elements(tree(details)), q -> text(q, "name"));
    Map<String, JsonNode> countsByName = byName(items(tree(counts)), q -> text(q, "name"));
    return byName(
        elements(tree(totals))
            .map(
                q ->
                    queueState(
                        q,
                        detailsByName.getOrDefault(text(q, "name"), q),
                        countsByName.getOrDefault(text(q, "name"), q))),
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
   * @param totals the queues with their message counts
   * @param statistics the queues with the counts of messages that have left them
   * @return without the queues that lack one of these
   */
  static QueueLoad load(Map<String, List<String>> alarms, String totals, String statistics) {
    Map<String, JsonNode> statisticsByName =
        byName(items(tree(statistics)), queue -> text(queue, "name"));
    Map<String, Count> counts = new LinkedHashMap<>();
    items(tree(totals))
        .forEach(
            queue -> {
              String name = text(queue, "name");
              if (statisticsByName.containsKey(name)) {
                count(queue, statisticsByName.get(name))
                    .ifPresent(count -> counts.put(name, count));
              }
            });
    return new QueueLoad(
        alarms.values().stream().flatMap(List::stream).distinct().sorted().toList(), counts);
  }

  private static Optional<Count> count(JsonNode totals, JsonNode statistics) {
    return number(totals, "messages_ready")
        .flatMap(
            ready ->
                number(totals, "messages_unacknowledged")
                    .map(
                        unacknowledged ->
                            new Count(isLed(totals), ready, unacknowledged, left(statistics))));
  }

  /** The messages that have left a queue. Each counter is absent until its first event. */
  private static long left(JsonNode statistics) {
    return Stream.of("ack", "deliver_no_ack", "get_no_ack")
        .mapToLong(how -> number(statistics.path("message_stats"), how).orElse(0L))
        .sum();
  }

  /**
   * The consumers of these queues; those without a count are left out.
   *
   * @param statistics these queues, or all
   */
  static Map<String, ConsumerCount> consumers(Set<String> queues, String statistics) {
    return items(tree(statistics))
        .filter(queue -> queues.contains(text(queue, "name")))
        .filter(queue -> consumerCount(queue).isPresent())
        .collect(
            Collectors.toMap(
                queue -> text(queue, "name"), queue -> consumerCount(queue).orElseThrow()));
  }

  private static Optional<ConsumerCount> consumerCount(JsonNode queue) {
    return number(queue, "consumers")
        .flatMap(
            consumers ->
                number(queue, "messages_ready").map(ready -> new ConsumerCount(consumers, ready)));
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
        number(channel, "messages_unacknowledged").orElse(1L),
        Optional.of(text(channel, "idle_since")).filter(since -> !since.isEmpty()));
  }

  private static QueueState queueState(JsonNode totals, JsonNode details, JsonNode counts) {
    boolean classic = "classic".equals(text(totals, "type"));
    List<String> members = classic ? texts(totals, "node") : texts(details, "members");
    List<String> online = classic ? onlineIfRunning(totals, members) : texts(details, "online");
    String leader = text(classic ? totals : details, classic ? "node" : "leader");
    return new QueueState(
        text(totals, "name"),
        // A node that is down is still named as the leader until another one is elected.
        Optional.of(leader).filter(online::contains),
        members,
        online,
        messages(counts),
        new AppliedPolicies(
            Optional.of(text(totals, "policy")).filter(name -> !name.isEmpty()), Optional.empty()));
  }

  private static boolean isLed(JsonNode queue) {
    return queueState(queue, queue, queue).leader().isPresent();
  }

  /** The counts are absent for some seconds after a queue was declared. */
  private static Optional<Messages> messages(JsonNode queue) {
    return number(queue, "messages")
        .flatMap(
            all ->
                number(queue, "messages_ready")
                    .flatMap(
                        ready ->
                            number(queue, "messages_unacknowledged")
                                .map(
                                    unacknowledged ->
                                        new Messages(
                                            ready,
                                            unacknowledged,
                                            Math.max(0, all - ready - unacknowledged)))));
  }

  /** Empty if the field is absent: a number that is unknown is never zero. */
  private static Optional<Long> number(JsonNode node, String field) {
    return Optional.of(node.path(field)).filter(JsonNode::isNumber).map(JsonNode::asLong);
  }

  private static List<String> onlineIfRunning(JsonNode classicQueue, List<String> members) {
    return "running".equals(text(classicQueue, "state")) ? members : List.of();
  }

  /** The elements of a list, paged or not. */
  private static Stream<JsonNode> items(JsonNode list) {
    return elements(list.isArray() ? list : list.path("items"));
  }
}
