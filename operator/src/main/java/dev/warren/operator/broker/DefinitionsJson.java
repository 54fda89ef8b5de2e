package dev.warren.operator.broker;

import static dev.warren.operator.broker.ManagementApiJson.byName;
import static dev.warren.operator.broker.ManagementApiJson.elements;
import static dev.warren.operator.broker.ManagementApiJson.object;
import static dev.warren.operator.broker.ManagementApiJson.text;
import static dev.warren.operator.broker.ManagementApiJson.texts;
import static dev.warren.operator.broker.ManagementApiJson.tree;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.BrokerDefinitions.User;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Reads from the management API's JSON what is declared in the broker. */
final class DefinitionsJson {
  static final String QUEUE_TYPE = "x-queue-type";

  /** The global parameter that records what the topology has declared. It must never be renamed. */
  static final String RECORD = "warren.declared";

  private static final Logger LOG = Logger.getLogger(DefinitionsJson.class);

  private DefinitionsJson() {}

  static BrokerDefinitions definitions(JsonNode all) {
    Set<String> permitted = permittedUsers(all);
    return new BrokerDefinitions(
        byName(
            inVhost(all, "exchanges").filter(isDeclared()).map(DefinitionsJson::exchange),
            Exchange::name),
        byName(inVhost(all, "queues").map(DefinitionsJson::queue), Queue::name),
        inVhost(all, "bindings")
            .filter(isExplicit())
            .map(DefinitionsJson::binding)
            .collect(Collectors.toSet()),
        byName(inVhost(all, "policies").map(p -> policy(text(p, "name"), p)), Policy::name),
        byName(elements(all.path("users")).map(u -> user(u, permitted)), User::name));
  }

  /** The record in the broker's definitions. A record that cannot be read claims nothing. */
  static OwnershipRecord declared(JsonNode all) {
    return elements(all.path("global_parameters"))
        .filter(parameter -> RECORD.equals(text(parameter, "name")))
        .findFirst()
        .map(parameter -> record(text(parameter, "value")))
        .orElse(OwnershipRecord.NOTHING);
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

  /** The operator policies, by name. The definitions have them among the parameters. */
  static Map<String, Policy> operatorPolicies(JsonNode all) {
    return byName(
        parameters(all, "operator_policy")
            .map(parameter -> policy(text(parameter, "name"), parameter.path("value"))),
        Policy::name);
  }

  private static Stream<JsonNode> parameters(JsonNode all, String component) {
    return inVhost(all, "parameters")
        .filter(parameter -> component.equals(text(parameter, "component")));
  }

  private static OwnershipRecord record(String value) {
    try {
      return ManagementApiJson.read(value, OwnershipRecord.class);
    } catch (JsonProcessingException e) {
      LOG.warnf("the global parameter %s cannot be read: %s", RECORD, e.getOriginalMessage());
      return OwnershipRecord.NOTHING;
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

  private static Policy policy(String name, JsonNode policy) {
    return new Policy(
        name,
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

  private static Stream<JsonNode> inVhost(JsonNode all, String field) {
    return elements(all.path(field)).filter(e -> BrokerDefinitions.VHOST.equals(text(e, "vhost")));
  }
}
