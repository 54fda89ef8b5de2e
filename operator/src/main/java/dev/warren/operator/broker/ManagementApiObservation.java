package dev.warren.operator.broker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Move;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.net.HttpURLConnection;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** What one node reports about its broker. */
final class ManagementApiObservation {

  private static final Logger LOG = Logger.getLogger(ManagementApiObservation.class);

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

  /** Without statistics, RabbitMQ does not report the messages of streams. */
  private static final String STREAM_COLUMNS =
      "columns=name,messages,messages_ready,messages_unacknowledged";

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
    Set<String> streams =
        definitions.queues().values().stream()
            .filter(queue -> queue.type().equals("stream"))
            .map(Queue::name)
            .collect(Collectors.toSet());
    Map<String, QueueState> queues =
        streams.isEmpty()
            ? StateJson.queues(totals)
            : StateJson.queues(totals, node.send(QUEUE_COPIES), countsAt(node, streams));
    return operatorPolicies.isEmpty()
        ? queues
        : StateJson.withOperatorPolicies(queues, operatorPolicies, node.send(QUEUE_POLICIES));
  }

  /**
   * Statistics take longer than the rest, and a node may not have them in time while another one is
   * lost. Then the lengths are unknown, and the rest is known all the same.
   */
  private static String countsAt(ManagementApiNode node, Set<String> streams) {
    try {
      return node.send(ManagementApiRequest.getQueues(streams, STREAM_COLUMNS));
    } catch (BrokerException e) {
      LOG.infof("the lengths of streams are unknown: %s", e.getMessage());
      return "[]";
    }
  }

  /** While the plugin that carries out moves is disabled, no move runs. */
  private static Set<String> runningMovesAt(ManagementApiNode node) {
    return node.sendIfThere(ManagementApiRequest.shovels())
        .map(StateJson::runningMoves)
        .orElse(Set.of());
  }
}
