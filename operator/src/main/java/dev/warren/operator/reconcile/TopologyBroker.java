package dev.warren.operator.reconcile;

import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.plan.BrokerAction;
import dev.warren.operator.plan.BrokerAction.AddMember;
import dev.warren.operator.plan.BrokerAction.AddReplica;
import dev.warren.operator.plan.BrokerAction.DisconnectClients;
import dev.warren.operator.plan.BrokerAction.FinishDeletions;
import dev.warren.operator.plan.BrokerAction.ForgetNode;
import dev.warren.operator.plan.BrokerAction.FreeFeatureFlags;
import dev.warren.operator.plan.BrokerAction.MakeAnew;
import dev.warren.operator.plan.BrokerAction.RemoveQueue;
import dev.warren.operator.plan.BrokerAction.RemoveReplica;
import dev.warren.operator.plan.BrokerAction.SetPlugins;
import dev.warren.operator.plan.BrokerAction.StopNode;
import dev.warren.operator.plan.BrokerObservation;
import dev.warren.operator.plan.QueueLoad;
import dev.warren.operator.plan.QueueNode;
import dev.warren.operator.reconcile.NodeCommands.Result;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** A topology's broker: the management API, and the commands that it has no request for. */
final class TopologyBroker implements BrokerClient {

  private static final Logger LOG = Logger.getLogger(TopologyBroker.class);

  private final BrokerClient api;
  private final NodeCommands commands;
  private final BrokerInternals internals;
  private final ResourceNames names;
  private final Collection<QueueNode> nodes;
  private final Clock clock;

  TopologyBroker(
      BrokerClient api,
      NodeCommands commands,
      ResourceNames names,
      Collection<QueueNode> nodes,
      Clock clock) {
    this.clock = clock;
    this.api = api;
    this.commands = commands;
    this.internals = new BrokerInternals(commands);
    this.names = names;
    this.nodes = nodes;
  }

  @Override
  public BrokerObservation observe() {
    return api.observe();
  }

  @Override
  public void apply(BrokerAction action) {
    switch (action) {
      case ForgetNode forget ->
          run(another(forget.node()), "rabbitmqctl", "forget_cluster_node", forget.node());
      case StopNode stop -> {
        run(pod(stop.node()), "rabbitmq-upgrade", "drain");
        run(pod(stop.node()), "rabbitmqctl", "stop_app");
      }
      case AddReplica add ->
          run(
              another(add.node()),
              "rabbitmq-streams",
              "add_replica",
              "--vhost",
              BrokerDefinitions.VHOST,
              add.stream(),
              add.node());
      case AddMember add -> addMember(add);
      case MakeAnew make -> new QueueRenewal(this, this::messages, clock).carryOut(make);
      case DisconnectClients disconnect -> internals.disconnectClients(anyone());
      case SetPlugins set ->
          run(
              pod(set.node()),
              Stream.concat(Stream.of("rabbitmq-plugins", "set"), set.plugins().stream())
                  .toArray(String[]::new));
      case RemoveReplica remove -> removeReplica(remove.stream(), remove.node());
      case RemoveQueue remove -> removeQueue(remove);
      case FreeFeatureFlags free -> freeFeatureFlags(free.node());
      case FinishDeletions finish -> finishDeletions(finish.queues());
      default -> api.apply(action);
    }
  }

  /**
   * A node that ended while it added a member has left half of one: a process on the other node,
   * which the queue's record does not know and which refuses to be made again. The management API
   * takes it for no member either, and so does not remove it. It has no data that others lack.
   */
  private void addMember(AddMember add) {
    try {
      api.apply(add);
    } catch (BrokerException e) {
      if (e.kind() == Kind.FAILED) {
        LOG.infof(
            "what there was of a member of queue '%s' on %s was removed: %s",
            add.queue(), add.node(), internals.clearMember(anyone(), add.queue(), add.node()));
      }
      throw e;
    }
  }

  /** What the management API says of a queue that seems empty may be some seconds older. */
  private void removeQueue(RemoveQueue remove) {
    if (remove.onlyIfEmpty() && messages(remove.queue()) > 0) {
      throw new BrokerException(Kind.IN_USE, "It has messages, and its onDelete is DeleteIfEmpty");
    }
    api.apply(remove);
  }

  /** A queue whose deletion was begun has none; and it must be finished first, whatever follows. */
  private long messages(String queue) {
    OptionalLong messages = internals.messages(anyone(), queue);
    if (messages.isEmpty()) {
      finishDeletions(Set.of(queue));
    }
    return messages.orElse(0);
  }

  private void finishDeletions(Set<String> queues) {
    LOG.infof("deletions finished: %s", internals.finishDeletions(anyone(), queues));
  }

  /**
   * Asked of the node that waits. Where its Erlang does not run yet, or the one whose turn it is
   * works, the next pass asks again: that it could not be asked is no fault by itself.
   */
  private void freeFeatureFlags(String node) {
    try {
      LOG.infof(
          "the turn at the feature flags, as %s has it: %s",
          node, internals.freeTurnAtFeatureFlags(pod(node)));
    } catch (BrokerException e) {
      LOG.warnf("%s cannot be asked what keeps it from its start: %s", node, e.getMessage());
    }
  }

  @Override
  public QueueLoad load(Set<String> queues) {
    return api.load(queues);
  }

  @Override
  public Map<String, Long> unacknowledgedByAddress() {
    return api.unacknowledgedByAddress();
  }

  /**
   * What is confirmed is on a majority of the copies. Without this one, the others must have all of
   * it: the two readings make sure, for what is confirmed after the first is on enough of them.
   */
  private void removeReplica(String stream, String node) {
    Pod asked = another(node);
    long confirmed = replicas(asked, stream).confirmed();
    Optional<String> behind = replicas(asked, stream).behind(confirmed, node);
    if (behind.isPresent()) {
      throw new BrokerException(
          Kind.REFUSED,
          "stream '%s' keeps its copy on %s until %s has all that is confirmed"
              .formatted(stream, node, behind.get()));
    }
    run(
        asked,
        "rabbitmq-streams",
        "delete_replica",
        "--vhost",
        BrokerDefinitions.VHOST,
        stream,
        node);
  }

  private StreamReplicas replicas(Pod asked, String stream) {
    String[] command = {
      "rabbitmq-streams",
      "stream_status",
      "--vhost",
      BrokerDefinitions.VHOST,
      "--formatter",
      "json",
      stream
    };
    Result result = commands.run(asked, NodeCommands.QUERY_LIMIT, command);
    return StreamReplicas.of(result.output())
        .orElseThrow(
            () ->
                new BrokerException(
                    Kind.UNAVAILABLE,
                    "%s: %s".formatted(String.join(" ", command), result.output())));
  }

  /**
   * Whether the other nodes can still resolve a node's host name.
   *
   * @throws BrokerException when none could be asked
   */
  boolean canResolve(int node) {
    Pod asked = another(names.brokerNode(node));
    return commands
            .run(asked, NodeCommands.QUERY_LIMIT, "getent", "hosts", names.host(node))
            .exitCode()
        == 0;
  }

  private void run(Pod pod, String... command) {
    Result result = commands.run(pod, NodeCommands.COMMAND_LIMIT, command);
    LOG.infof(
        "%s in Pod %s: exit code %d, %s",
        String.join(" ", command), pod.getMetadata().getName(), result.exitCode(), result.output());
    if (result.exitCode() != 0) {
      throw new BrokerException(
          Kind.REFUSED, "%s: %s".formatted(String.join(" ", command), result.output()));
    }
  }

  private Pod pod(String brokerNode) {
    return nodes.stream()
        .filter(node -> names.brokerNode(node.number()).equals(brokerNode))
        .flatMap(node -> node.pod().stream())
        .findFirst()
        .orElseThrow(
            () -> new BrokerException(Kind.UNAVAILABLE, "There is no Pod of " + brokerNode));
  }

  private Pod another(String than) {
    return ready(node -> !names.brokerNode(node.number()).equals(than));
  }

  private Pod anyone() {
    return ready(node -> true);
  }

  private Pod ready(Predicate<QueueNode> among) {
    return nodes.stream()
        .filter(node -> node.isReady() && among.test(node))
        // Of one whose gateway is not ready, Kubernetes would not tell that its machine is silent.
        .sorted(Comparator.comparing((QueueNode node) -> !node.hasReadyPod()))
        .flatMap(node -> node.pod().stream())
        .findFirst()
        .orElseThrow(
            () -> new BrokerException(Kind.UNAVAILABLE, "No queue node is ready to be asked"));
  }
}
