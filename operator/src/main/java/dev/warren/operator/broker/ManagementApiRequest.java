package dev.warren.operator.broker;

import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.PercentEncoding;
import dev.warren.operator.model.RegularExpression;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A request to the management API. It does not depend on the node that receives it. */
record ManagementApiRequest(String method, String path, Map<String, ?> body) {
  private static final String CONNECTION_LIMIT = "/api/vhost-limits/%2F/max-connections";

  /** A shovel with this address connects within the node, without a name and a password. */
  private static final String WITHIN_THE_NODE = "amqp://";

  private static final String ALL = ".*";

  /** Web servers refuse lines that are much longer than twice this. */
  private static final int LONGEST_FILTER = 4000;

  static ManagementApiRequest get(String path) {
    return new ManagementApiRequest("GET", path, Map.of());
  }

  /**
   * Reads columns of some queues. If the filter would be too long, reads all queues. With a filter
   * the answer is an object that contains the list of queues; without one it is the list itself.
   */
  static ManagementApiRequest getQueues(Set<String> names, String columns) {
    String filter =
        encode(
            names.stream()
                .sorted()
                .map(RegularExpression::of)
                .collect(Collectors.joining("|", "^(", ")$")));
    return get(
        "/api/queues/%2F?"
            + (filter.length() > LONGEST_FILTER
                ? ""
                // A filter this short never matches more than one page of queues.
                : "page=1&page_size=500&use_regex=true&name=" + filter + "&")
            + columns);
  }

  /** The members of a quorum queue, as each of them reports itself. */
  static ManagementApiRequest members(String queue) {
    return get(path("queues", "quorum", BrokerDefinitions.VHOST, queue, "status"));
  }

  /** The moves of messages that run now. */
  static ManagementApiRequest shovels() {
    return get(path("shovels", BrokerDefinitions.VHOST));
  }

  /** All bindings of an exchange, to queues and to exchanges. */
  static ManagementApiRequest bindingsFrom(String exchange) {
    return get(path("exchanges", BrokerDefinitions.VHOST, exchange, "bindings", "source"));
  }

  /** All bindings of the same exchange to the same queue. */
  static ManagementApiRequest bindingsBetween(Binding binding) {
    return get(bindings(binding));
  }

  /**
   * Removes a binding.
   *
   * @param propertiesKey RabbitMQ's name for it among the bindings between the same two
   */
  static ManagementApiRequest unbind(Binding binding, String propertiesKey) {
    return delete(bindings(binding) + "/" + encode(propertiesKey));
  }

  static ManagementApiRequest putUser(String name, String password) {
    return put(path("users", name), Map.of("password", password, "tags", ""));
  }

  /** Grants a user all permissions in the virtual host. */
  static ManagementApiRequest permit(String user) {
    return put(
        path("permissions", BrokerDefinitions.VHOST, user),
        Map.of("configure", ALL, "write", ALL, "read", ALL));
  }

  static ManagementApiRequest putPolicy(Policy policy) {
    return put(
        path("policies", BrokerDefinitions.VHOST, policy.name()),
        Map.of(
            "pattern", policy.pattern(),
            "apply-to", policy.applyTo(),
            "priority", policy.priority(),
            "definition", policy.definition()));
  }

  static ManagementApiRequest declareExchange(Exchange exchange) {
    return put(
        path("exchanges", BrokerDefinitions.VHOST, exchange.name()),
        Map.of("type", exchange.type(), "durable", true, "arguments", exchange.arguments()));
  }

  static ManagementApiRequest declareQueue(Queue queue) {
    Map<String, Object> arguments = new LinkedHashMap<>(queue.arguments());
    arguments.put(DefinitionsJson.QUEUE_TYPE, queue.type());
    return put(
        path("queues", BrokerDefinitions.VHOST, queue.name()),
        Map.of("durable", true, "arguments", arguments));
  }

  static ManagementApiRequest bind(Binding binding) {
    return new ManagementApiRequest(
        "POST",
        bindings(binding),
        Map.of("routing_key", binding.routingKey(), "arguments", binding.arguments()));
  }

  private static String bindings(Binding binding) {
    return path("bindings", BrokerDefinitions.VHOST, "e", binding.exchange(), "q", binding.queue());
  }

  /**
   * As a text, which RabbitMQ keeps unchanged: it treats empty lists and objects in its own way.
   */
  static ManagementApiRequest putRecord(OwnershipRecord declared) {
    return put(
        path("global-parameters", DefinitionsJson.RECORD),
        Map.of("name", DefinitionsJson.RECORD, "value", ManagementApiJson.write(declared)));
  }

  static ManagementApiRequest startMove(StartMove start) {
    return put(
        shovel(start.name()),
        Map.of(
            "value",
            Map.of(
                "src-protocol",
                "amqp091",
                "src-uri",
                WITHIN_THE_NODE,
                "src-queue",
                start.move().from(),
                "dest-protocol",
                "amqp091",
                "dest-uri",
                WITHIN_THE_NODE,
                "dest-queue",
                start.move().to(),
                "ack-mode",
                "on-confirm",
                "reconnect-delay",
                1)));
  }

  static ManagementApiRequest endMove(String name) {
    return delete(shovel(name));
  }

  /** Blocks publishing through the management API too. */
  static ManagementApiRequest keepClientsOut() {
    return put(CONNECTION_LIMIT, Map.of("value", 0));
  }

  static ManagementApiRequest letClientsIn() {
    return delete(CONNECTION_LIMIT);
  }

  static ManagementApiRequest deleteQueue(String name) {
    return delete(path("queues", BrokerDefinitions.VHOST, name));
  }

  static ManagementApiRequest deletePolicy(String name) {
    return delete(path("policies", BrokerDefinitions.VHOST, name));
  }

  static ManagementApiRequest deleteExchange(String name) {
    return delete(path("exchanges", BrokerDefinitions.VHOST, name) + "?if-unused=true");
  }

  static ManagementApiRequest addMember(String queue, String node) {
    return changeMembers("POST", queue, "add", node);
  }

  static ManagementApiRequest removeMember(String queue, String node) {
    return changeMembers("DELETE", queue, "delete", node);
  }

  static ManagementApiRequest balanceLeaders() {
    return new ManagementApiRequest("POST", "/api/rebalance/queues", Map.of());
  }

  private static String shovel(String name) {
    return path("parameters", "shovel", BrokerDefinitions.VHOST, name);
  }

  private static ManagementApiRequest changeMembers(
      String method, String queue, String change, String node) {
    return new ManagementApiRequest(
        method,
        path("queues", "quorum", BrokerDefinitions.VHOST, queue, "replicas", change),
        Map.of("node", node));
  }

  private static ManagementApiRequest put(String path, Map<String, ?> body) {
    return new ManagementApiRequest("PUT", path, body);
  }

  private static ManagementApiRequest delete(String path) {
    return new ManagementApiRequest("DELETE", path, Map.of());
  }

  private static String path(String... segments) {
    return Arrays.stream(segments)
        .map(ManagementApiRequest::encode)
        .collect(Collectors.joining("/", "/api/", ""));
  }

  private static String encode(String segment) {
    // RabbitMQ decodes a path before it resolves its dots, so no encoding protects these names.
    if (segment.equals(".") || segment.equals("..")) {
      throw new BrokerException(
          Kind.REFUSED, "RabbitMQ's management API cannot handle the name " + segment);
    }
    return PercentEncoding.of(segment);
  }

  /** Without the body, which may hold a password. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
