package dev.warren.operator.broker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.Move;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.net.HttpURLConnection;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one node reports about its broker. */
final class ManagementApiObservation {

  private static final ManagementApiRequest DEFINITIONS =
      ManagementApiRequest.get("/api/definitions");
  private static final ManagementApiRequest NODES =
      ManagementApiRequest.get("/api/nodes?columns=name,running,enabled_plugins");
  private static final ManagementApiRequest QUEUE_TOTALS =
      ManagementApiRequest.get(
          "/api/queues/%2F?disable_stats=true&enable_queue_totals=true&columns="
              + "name,type,state,node,leader,members,online,"
              + "messages,messages_ready,messages_unacknowledged,policy");
  private static final ManagementApiRequest QUEUE_COPIES =
      ManagementApiRequest.get(
          "/api/queues/%2F?disable_stats=true&columns=name,leader,members,online");

  private static final ManagementApiRequest QUEUE_POLICIES =
      ManagementApiRequest.get(
          "/api/queues/%2F?disable_stats=true"
              + "&columns=name,operator_policy,effective_policy_definition");

  private static final ManagementApiRequest ALARMS =
      ManagementApiRequest.get("/api/health/checks/alarms");

  private ManagementApiObservation() {}

  /** Asks it for everything that planning needs. */
  static Reachable at(ManagementApiNode asked) {
    JsonNode all = ManagementApiJson.tree(asked.send(DEFINITIONS));
    BrokerDefinitions definitions = DefinitionsJson.definitions(all);
    Map<String, Move> moves = DefinitionsJson.moves(all);
    return new Reachable(
        definitions,
        StateJson.nodes(asked.send(NODES), alarmsAt(asked)),
        queuesAt(asked, definitions, DefinitionsJson.operatorPolicies(all)),
        DefinitionsJson.declared(all),
        moves,
        moves.isEmpty() ? Set.of() : runningMovesAt(asked),
        DefinitionsJson.closed(all),
        Set.of());
  }

  /** The resources that each node has run out of, by its name. */
  static Map<String, List<String>> alarmsAt(ManagementApiNode node) {
    HttpResponse<String> response = node.exchange(ALARMS);
    if (response.statusCode() == HttpURLConnection.HTTP_UNAVAILABLE) {
      return StateJson.alarms(response.body());
    }
    node.requireSuccess(response);
    return Map.of();
  }

  private static Map<String, QueueState> queuesAt(
      ManagementApiNode node, BrokerDefinitions definitions, Map<String, Policy> operatorPolicies) {
    String totals = node.send(QUEUE_TOTALS);
    boolean streams =
        definitions.queues().values().stream().anyMatch(q -> q.type().equals("stream"));
    Map<String, QueueState> queues =
        streams ? StateJson.queues(totals, node.send(QUEUE_COPIES)) : StateJson.queues(totals);
    return operatorPolicies.isEmpty()
        ? queues
        : StateJson.withOperatorPolicies(queues, operatorPolicies, node.send(QUEUE_POLICIES));
  }

  /** While the plugin that carries out moves is disabled, no move runs. */
  private static Set<String> runningMovesAt(ManagementApiNode node) {
    return node.sendIfThere(ManagementApiRequest.shovels())
        .map(StateJson::runningMoves)
        .orElse(Set.of());
  }
}
