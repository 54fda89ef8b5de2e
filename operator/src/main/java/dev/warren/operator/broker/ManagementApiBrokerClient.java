package dev.warren.operator.broker;

import static java.util.stream.Collectors.joining;

import dev.warren.operator.action.BrokerAction.ApiAction;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/** Talks to the management API of the first node that answers. */
final class ManagementApiBrokerClient {

  /** For read requests. */
  private static final Duration READ_LIMIT = Duration.ofSeconds(3);

  /** These columns need no statistics, which are some seconds older. */
  private static final String LOAD_COLUMNS =
      "disable_stats=true&enable_queue_totals=true&columns="
          + "name,type,state,node,leader,online,messages_ready,messages_unacknowledged";

  private static final String STATISTICS_COLUMNS =
      "columns=name,message_stats.ack,message_stats.deliver_no_ack,message_stats.get_no_ack";

  /** Without statistics, RabbitMQ does not report consumers, nor the messages of streams. */
  private static final String CONSUMERS_COLUMNS = "columns=name,consumers,messages_ready";

  private static final ManagementApiRequest CHANNELS =
      ManagementApiRequest.get(
          "/api/vhosts/%2F/channels?columns="
              + "connection_details.peer_host,messages_unacknowledged,idle_since");

  /** When this many nodes do not answer, the load is unknown. */
  private static final int ASKED_FOR_LOAD = 2;

  private final NodeHttp http;
  private final List<NodeAddress> endpoints;
  private final String username;
  private final String password;

  /**
   * @param endpoints the management APIs of the broker's nodes, in the order in which they are
   *     tried
   */
  ManagementApiBrokerClient(
      NodeHttp http, List<NodeAddress> endpoints, String username, String password) {
    this.http = http;
    this.endpoints = List.copyOf(endpoints);
    this.username = username;
    this.password = password;
  }

  /** Reads everything that planning needs. Never throws: a failure is an observation too. */
  BrokerObservation observe() {
    try {
      return askInTurn(
          endpoints,
          READ_LIMIT,
          EnumSet.of(Kind.UNAVAILABLE, Kind.FAILED, Kind.REFUSED),
          ManagementApiObservation::at);
    } catch (BrokerException e) {
      return new Unreachable(
          e.getMessage(), e.kind() == Kind.UNAUTHORIZED || e.kind() == Kind.REFUSED);
    }
  }

  /**
   * Carries out one change.
   *
   * @throws BrokerException when the broker refuses it or does not answer
   */
  void apply(ApiAction action) {
    change(action.deadline(), node -> ManagementApiChange.applyAt(node, action));
  }

  /** Deletes a queue, if it exists, with everything in it. */
  void deleteQueue(String name, Duration deadline) {
    change(deadline, node -> node.sendIfThere(ManagementApiRequest.deleteQueue(name)));
  }

  private void change(Duration deadline, Consumer<ManagementApiNode> change) {
    askInTurn(
        endpoints,
        deadline,
        EnumSet.of(Kind.UNAVAILABLE, Kind.FAILED),
        node -> {
          change.accept(node);
          return true;
        });
  }

  /** Counts the messages of some queues. The query is cheap. */
  QueueLoad load(Set<String> queues) {
    return askSome(
        node ->
            StateJson.load(
                ManagementApiObservation.alarmsAt(node),
                node.send(ManagementApiRequest.getQueues(queues, LOAD_COLUMNS)),
                node.send(ManagementApiRequest.getQueues(queues, STATISTICS_COLUMNS))));
  }

  /** Counts the consumers of some queues. A queue whose number is unknown is missing. */
  Map<String, ConsumerCount> consumers(Set<String> queues) {
    return askSome(
        node ->
            StateJson.consumers(
                queues, node.send(ManagementApiRequest.getQueues(queues, CONSUMERS_COLUMNS))));
  }

  /** The work of the clients at each IP address. */
  Map<String, ClientWork> workByAddress() {
    return askSome(node -> StateJson.workByAddress(node.send(CHANNELS)));
  }

  private <T> T askSome(Function<ManagementApiNode, T> question) {
    return askInTurn(
        endpoints.subList(0, Math.min(ASKED_FOR_LOAD, endpoints.size())),
        READ_LIMIT,
        EnumSet.of(Kind.UNAVAILABLE, Kind.FAILED, Kind.REFUSED),
        question);
  }

  /** Queries the nodes in turn, and tries the next one after a failure of these kinds. */
  private <T> T askInTurn(
      List<NodeAddress> asked,
      Duration limit,
      Set<Kind> tryNextAfter,
      Function<ManagementApiNode, T> question) {
    List<BrokerException> failures = new ArrayList<>();
    for (NodeAddress endpoint : asked) {
      try {
        return question.apply(new ManagementApiNode(http, endpoint, username, password, limit));
      } catch (BrokerException e) {
        if (!tryNextAfter.contains(e.kind()) || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        failures.add(e);
      }
    }
    throw new BrokerException(
        kindOf(failures),
        failures.isEmpty()
            ? "The broker has no node to query"
            : failures.stream().map(BrokerException::getMessage).collect(joining("; ")));
  }

  /**
   * A refusal shows that a node answers. A node that did not answer in time may still carry out the
   * request.
   */
  private static Kind kindOf(List<BrokerException> failures) {
    if (failures.stream().anyMatch(failure -> failure.kind() == Kind.REFUSED)) {
      return Kind.REFUSED;
    }
    boolean tried = failures.stream().anyMatch(failure -> failure.kind() == Kind.FAILED);
    boolean stillTries =
        failures.stream().anyMatch(failure -> failure.getCause() instanceof TimeoutException);
    return tried && !stillTries ? Kind.FAILED : Kind.UNAVAILABLE;
  }
}
