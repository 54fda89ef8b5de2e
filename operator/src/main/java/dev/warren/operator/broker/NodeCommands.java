package dev.warren.operator.broker;

import dev.warren.operator.action.BrokerAction.AddStreamMember;
import dev.warren.operator.action.BrokerAction.DisconnectClients;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.FreeFeatureFlags;
import dev.warren.operator.action.BrokerAction.NodeCommand;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.action.BrokerAction.RestoreAccount;
import dev.warren.operator.action.BrokerAction.SetPlugins;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.NodeShell.Result;
import dev.warren.operator.model.BrokerDefinitions;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Carries out actions for which RabbitMQ has commands and no requests. */
final class NodeCommands {

  private static final Logger LOG = Logger.getLogger(NodeCommands.class);

  /** A name may begin with a hyphen. */
  private static final String NO_OPTIONS_FOLLOW = "--";

  private final NodeShell shell;
  private final BrokerInternals internals;
  private final BrokerNodes nodes;

  NodeCommands(NodeShell shell, BrokerInternals internals, BrokerNodes nodes) {
    this.shell = shell;
    this.internals = internals;
    this.nodes = nodes;
  }

  /**
   * Carries one out.
   *
   * @throws BrokerException when it fails
   */
  void carryOut(NodeCommand command) {
    Duration limit = command.deadline();
    switch (command) {
      case ForgetNode forget ->
          run(
              nodes.anotherThan(forget.node()),
              limit,
              "rabbitmqctl",
              "forget_cluster_node",
              forget.node());
      case StopNode stop -> {
        run(nodes.of(stop.node()), limit, "rabbitmq-upgrade", "drain");
        run(nodes.of(stop.node()), limit, "rabbitmqctl", "stop_app");
      }
      case AddStreamMember add ->
          changeMembers(
              nodes.anotherThan(add.node()), limit, "add_replica", add.stream(), add.node());
      case RemoveStreamMember remove -> removeStreamMember(remove);
      case DisconnectClients disconnect -> internals.disconnectClients(nodes.any(), limit);
      case SetPlugins set ->
          run(
              nodes.of(set.node()),
              limit,
              Stream.concat(Stream.of("rabbitmq-plugins", "set"), set.plugins().stream())
                  .toArray(String[]::new));
      case FreeFeatureFlags free -> freeFeatureFlags(free);
      case RestoreAccount restore -> internals.restoreAccount(nodes.any(), restore);
    }
  }

  /**
   * Whether the other nodes can still resolve a node's host name.
   *
   * @throws BrokerException when no node could be queried
   */
  boolean canResolve(int node) {
    Pod asked = nodes.anotherThan(nodes.names().brokerNode(node));
    return shell
            .run(asked, NodeShell.QUERY_LIMIT, "getent", "hosts", nodes.names().host(node))
            .exitCode()
        == 0;
  }

  /**
   * Queries the waiting node. If its Erlang does not run yet, or the holder of the lock is busy,
   * the next pass tries again: a failed query alone is not a fault.
   */
  private void freeFeatureFlags(FreeFeatureFlags free) {
    try {
      LOG.infof(
          "the feature-flag lock, according to %s: %s",
          free.node(), internals.freeTurnAtFeatureFlags(nodes.of(free.node()), free.deadline()));
    } catch (BrokerException e) {
      if (e.kind() != Kind.UNAVAILABLE) {
        throw e;
      }
      LOG.warnf("cannot find out what blocks the start of %s: %s", free.node(), e.getMessage());
    }
  }

  /**
   * Every confirmed message is on a majority of the members. Before this member is removed, the
   * others must have all confirmed messages. Two readings ensure this: messages that are confirmed
   * after the first one are on enough of the others.
   */
  private void removeStreamMember(RemoveStreamMember remove) {
    String stream = remove.stream();
    String node = remove.node();
    Pod asked = nodes.anotherThan(node);
    long confirmed = members(asked, stream).confirmed();
    Optional<String> behind = members(asked, stream).behind(confirmed, node);
    if (behind.isPresent()) {
      throw new BrokerException(
          Kind.REFUSED,
          "stream '%s' keeps its member on %s until %s has all confirmed messages"
              .formatted(stream, node, behind.get()));
    }
    changeMembers(asked, remove.deadline(), "delete_replica", stream, node);
  }

  private void changeMembers(Pod asked, Duration limit, String change, String stream, String node) {
    run(
        asked,
        limit,
        "rabbitmq-streams",
        change,
        "--vhost",
        BrokerDefinitions.VHOST,
        NO_OPTIONS_FOLLOW,
        stream,
        node);
  }

  private StreamMembers members(Pod asked, String stream) {
    String[] command = {
      "rabbitmq-streams",
      "stream_status",
      "--vhost",
      BrokerDefinitions.VHOST,
      "--formatter",
      "json",
      NO_OPTIONS_FOLLOW,
      stream
    };
    Result result = shell.run(asked, NodeShell.QUERY_LIMIT, command);
    return StreamMembers.of(result.output())
        .orElseThrow(
            () ->
                new BrokerException(
                    Kind.UNAVAILABLE,
                    "%s: %s".formatted(String.join(" ", command), result.output())));
  }

  private void run(Pod pod, Duration limit, String... command) {
    Result result = shell.run(pod, limit, command);
    LOG.infof(
        "%s in Pod %s: exit code %d, %s",
        String.join(" ", command), pod.getMetadata().getName(), result.exitCode(), result.output());
    if (result.exitCode() != 0) {
      throw new BrokerException(
          Kind.REFUSED, "%s: %s".formatted(String.join(" ", command), result.output()));
    }
  }
}
