package dev.warren.operator.broker;

import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.plan.BrokerObservation.Move;
import dev.warren.operator.plan.BrokerObservation.Node;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import java.net.HttpURLConnection;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/** What one node says of its broker. */
final class ManagementApiObservation {

  private static final Logger LOG = Logger.getLogger(ManagementApiObservation.class);

  /** So many queues at most that look half-deleted are asked about in one pass. */
  private static final int MOST_SUSPECTS = 5;

  private static final ManagementApiRequest DEFINITIONS =
      ManagementApiRequest.get("/api/definitions");
  private static final ManagementApiRequest NODES =
      ManagementApiRequest.get("/api/nodes?columns=name,running,enabled_plugins");
  private static final ManagementApiRequest QUEUE_TOTALS =
      ManagementApiRequest.get(
          "/api/queues/%2F?disable_stats=true&enable_queue_totals=true&columns="
              + "name,type,state,node,leader,members,online,"
              + "messages,messages_ready,messages_unacknowledged");
  private static final ManagementApiRequest QUEUE_COPIES =
      ManagementApiRequest.get(
          "/api/queues/%2F?disable_stats=true&columns=name,leader,members,online");

  private static final ManagementApiRequest ALARMS =
      ManagementApiRequest.get("/api/health/checks/alarms");

  private ManagementApiObservation() {}

  /** Asks it for everything that planning needs. */
  static Reachable at(ManagementApiNode asked) {
    JsonNode all = ManagementApiJson.tree(asked.send(DEFINITIONS));
    BrokerDefinitions definitions = DefinitionsJson.definitions(all);
    Map<String, Node> nodes = StateJson.nodes(asked.send(NODES), alarmsAt(asked));
    Map<String, QueueState> queues = queuesAt(asked, definitions);
    Map<String, Move> moves = DefinitionsJson.moves(all);
    return new Reachable(
        definitions,
        nodes,
        queues,
        DefinitionsJson.declared(all),
        moves,
        moves.isEmpty() ? Set.of() : runningMovesAt(asked),
        DefinitionsJson.closed(all),
        halfDeletedAt(asked, definitions, nodes, queues.values()));
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
      ManagementApiNode node, BrokerDefinitions definitions) {
    String totals = node.send(QUEUE_TOTALS);
    boolean streams =
        definitions.queues().values().stream().anyMatch(q -> q.type().equals("stream"));
    return streams ? StateJson.queues(totals, node.send(QUEUE_COPIES)) : StateJson.queues(totals);
  }

  /** None is known to run while the plugin that knows is not enabled. */
  private static Set<String> runningMovesAt(ManagementApiNode node) {
    return node.sendIfThere(ManagementApiRequest.shovels())
        .map(StateJson::runningMoves)
        .orElse(Set.of());
  }

  private static Set<String> halfDeletedAt(
      ManagementApiNode asked,
      BrokerDefinitions definitions,
      Map<String, Node> nodes,
      Collection<QueueState> queues) {
    List<String> suspects =
        queues.stream()
            .filter(queue -> isQuorum(queue.name(), definitions) && isLeftAlone(queue, nodes))
            .map(QueueState::name)
            .sorted()
            .limit(MOST_SUSPECTS)
            .toList();
    try {
      return suspects.stream().filter(queue -> isHalfDeleted(asked, queue)).collect(toSet());
    } catch (BrokerException e) {
      LOG.warnf(
          "cannot find out whether a queue of %s is half-deleted: %s", suspects, e.getMessage());
      return Set.of();
    }
  }

  private static boolean isHalfDeleted(ManagementApiNode asked, String queue) {
    return asked
        .sendIfThere(ManagementApiRequest.members(queue))
        .filter(StateJson::isHalfDeleted)
        .isPresent();
  }

  private static boolean isQuorum(String queue, BrokerDefinitions definitions) {
    Queue declared = definitions.queues().get(queue);
    return declared != null && declared.type().equals("quorum");
  }

  /** Its leader is the only member that runs, although the nodes of others do. */
  private static boolean isLeftAlone(QueueState queue, Map<String, Node> nodes) {
    return queue.leader().isPresent()
        && queue.online().size() == 1
        && queue.members().stream()
            .filter(member -> !queue.online().contains(member))
            .anyMatch(member -> nodes.containsKey(member) && nodes.get(member).running());
  }
}
