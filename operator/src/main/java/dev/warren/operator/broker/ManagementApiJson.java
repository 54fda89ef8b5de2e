package dev.warren.operator.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.BrokerDefinitions.User;
import dev.warren.operator.model.Declared;
import dev.warren.operator.plan.BrokerObservation.Move;
import dev.warren.operator.plan.BrokerObservation.Node;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.QueueLoad;
import dev.warren.operator.plan.QueueLoad.Count;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jboss.logging.Logger;

/** The management API's JSON, read and written. */
final class ManagementApiJson {
  static final String QUEUE_TYPE = "x-queue-type";

  /** The global parameter with the record of what the topology has declared. Never renamed. */
  static final String RECORD = "warren.declared";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final Logger LOG = Logger.getLogger(ManagementApiJson.class);

  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

  /** What an answer says about why it is not a success. */
  record ErrorBody(String error, String reason) {}

  private ManagementApiJson() {}

  static BrokerDefinitions definitions(JsonNode all) {
    Set<String> permitted = permittedUsers(all);
    return new BrokerDefinitions(
        byName(
            inVhost(all, "exchanges").filter(isDeclared()).map(ManagementApiJson::exchange),
            Exchange::name),
        byName(inVhost(all, "queues").map(ManagementApiJson::queue), Queue::name),
        inVhost(all, "bindings")
            .filter(isExplicit())
            .map(ManagementApiJson::binding)
            .collect(Collectors.toSet()),
        byName(inVhost(all, "policies").map(ManagementApiJson::policy), Policy::name),
        byName(elements(all.path("users")).map(u -> user(u, permitted)), User::name));
  }

  /** The record in the broker's definitions. One that nobody can read any more claims nothing. */
  static Declared declared(JsonNode all) {
    return elements(all.path("global_parameters"))
        .filter(parameter -> RECORD.equals(text(parameter, "name")))
        .findFirst()
        .map(parameter -> record(text(parameter, "value")))
        .orElse(Declared.NOTHING);
  }

  /** The moves of messages in the broker's definitions. */
  static Map<String, Move> moves(JsonNode all) {
    return parameters(all, "shovel")
        .collect(
            Collectors.toMap(
                parameter -> text(parameter, "name"),
                parameter ->
                    new Move(
                        parameter.at("/value/src-queue").asText(),
                        parameter.at("/value/dest-queue").asText())));
  }

  /** Whether no client may connect. */
  static boolean closed(JsonNode all) {
    return parameters(all, "vhost-limits")
        .anyMatch(limits -> limits.at("/value/max-connections").asInt(-1) == 0);
  }

  private static Stream<JsonNode> parameters(JsonNode all, String component) {
    return inVhost(all, "parameters")
        .filter(parameter -> component.equals(text(parameter, "component")));
  }

  private static Declared record(String value) {
    try {
      return MAPPER.readValue(value, Declared.class);
    } catch (JsonProcessingException e) {
      LOG.warnf("the global parameter %s cannot be read: %s", RECORD, e.getOriginalMessage());
      return Declared.NOTHING;
    }
  }

  static boolean isEmptyList(String json) {
    return elements(tree(json)).findAny().isEmpty();
  }

  /** What RabbitMQ calls a binding, if it is among these. */
  static Optional<String> propertiesKey(String bindings, Binding binding) {
    return elements(tree(bindings))
        .filter(candidate -> binding(candidate).equals(binding))
        .map(candidate -> text(candidate, "properties_key"))
        .findFirst();
  }

  /** The nodes of a quorum queue's members that have no vote, or do not say that they have. */
  static List<String> withoutVote(String members) {
    return elements(tree(members))
        .filter(member -> !"voter".equals(text(member, "Membership")))
        .map(member -> text(member, "Node Name"))
        .toList();
  }

  /** A queue's messages that consumers hold. */
  static long unacknowledged(String queue) {
    return tree(queue).path("messages_unacknowledged").asLong();
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

  /** Reads what it can: proxies and half-started nodes send bodies that are not JSON. */
  static ErrorBody error(String body) {
    try {
      JsonNode node = MAPPER.readTree(body);
      return new ErrorBody(
          text(node, "error"), text(node, "reason").strip().replaceAll("\\s+", " "));
    } catch (JsonProcessingException e) {
      return new ErrorBody("", "");
    }
  }

  static String write(Object object) {
    try {
      return MAPPER.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      // Without its cause, whose message may quote the object and so a password.
      throw new IllegalArgumentException("The request cannot be written as JSON");
    }
  }

  private static Exchange exchange(JsonNode exchange) {
    return new Exchange(
        text(exchange, "name"), text(exchange, "type"), object(exchange, "arguments"));
  }

  private static Queue queue(JsonNode queue) {
    Map<String, Object> arguments = object(queue, "arguments");
    Object typeArgument = arguments.remove(QUEUE_TYPE);
    String type = queue.path("type").asText(typeArgument == null ? "classic" : "" + typeArgument);
    return new Queue(text(queue, "name"), type, arguments);
  }

  private static Binding binding(JsonNode binding) {
    return new Binding(
        text(binding, "source"),
        text(binding, "destination"),
        text(binding, "routing_key"),
        object(binding, "arguments"));
  }

  private static Policy policy(JsonNode policy) {
    return new Policy(
        text(policy, "name"),
        text(policy, "pattern"),
        text(policy, "apply-to"),
        policy.path("priority").asInt(),
        object(policy, "definition"));
  }

  private static User user(JsonNode user, Set<String> permitted) {
    String name = text(user, "name");
    return new User(
        name,
        text(user, "password_hash"),
        Set.copyOf(texts(user, "tags")),
        permitted.contains(name));
  }

  private static Set<String> permittedUsers(JsonNode all) {
    return inVhost(all, "permissions")
        .filter(p -> Stream.of("configure", "write", "read").allMatch(r -> ".*".equals(text(p, r))))
        .map(p -> text(p, "user"))
        .collect(Collectors.toSet());
  }

  private static Predicate<JsonNode> isDeclared() {
    return exchange -> {
      String name = text(exchange, "name");
      return !name.isEmpty() && !name.startsWith("amq.");
    };
  }

  private static Predicate<JsonNode> isExplicit() {
    return binding ->
        "queue".equals(text(binding, "destination_type")) && !text(binding, "source").isEmpty();
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
        Math.max(0, totals.path("messages").asLong() - ready - unacknowledged));
  }

  private static List<String> onlineIfRunning(JsonNode classicQueue, List<String> members) {
    return "running".equals(text(classicQueue, "state")) ? members : List.of();
  }

  /**
   * Reads an answer.
   *
   * @throws BrokerException when it is no JSON
   */
  static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw notUnderstood();
    }
  }

  private static Stream<JsonNode> inVhost(JsonNode all, String field) {
    return elements(all.path(field)).filter(e -> BrokerDefinitions.VHOST.equals(text(e, "vhost")));
  }

  /** The elements of a list that may have been asked for by pages. */
  private static Stream<JsonNode> items(JsonNode list) {
    return elements(list.isArray() ? list : list.path("items"));
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    // Taking a missing list for an empty one would have everything declared anew.
    if (!array.isArray()) {
      throw notUnderstood();
    }
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static BrokerException notUnderstood() {
    return new BrokerException(
        Kind.UNAVAILABLE, "The broker's answer is not what its management API promises");
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isContainerNode() ? value.toString() : value.asText("");
  }

  /** The field's strings; one string counts as a list of one, null as none. */
  private static List<String> texts(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (value.isTextual()) {
      return value.asText().isEmpty() ? List.of() : List.of(value.asText());
    }
    return StreamSupport.stream(value.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static Map<String, Object> object(JsonNode node, String field) {
    JsonNode value = node.path(field);
    // Erlang's empty list and empty map are sometimes confused on the way to JSON.
    return value.isObject() ? MAPPER.convertValue(value, OBJECT) : new LinkedHashMap<>();
  }

  private static <T> Map<String, T> byName(Stream<T> elements, Function<T, String> name) {
    Map<String, T> byName = new LinkedHashMap<>();
    elements.forEach(element -> byName.put(name.apply(element), element));
    return byName;
  }
}
