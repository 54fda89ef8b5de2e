package dev.warren.operator.plan.topology;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.AddStreamMember;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Plans the members of each replicated queue: as many as desired, on the nodes with the fewest. A
 * new node gets no members by itself, and a node that is removed must have none in the end.
 */
public final class QueueMembersPlanner {

  private final Reachable broker;
  private final Optional<String> leaving;
  private final int nodes;
  private final int replicas;
  private final Map<String, Integer> copies = new HashMap<>();

  private QueueMembersPlanner(Reachable broker, Optional<String> leaving, int replicas) {
    this.broker = broker;
    this.leaving = leaving.filter(broker.nodes()::containsKey);
    this.nodes = broker.nodes().size() - (this.leaving.isPresent() ? 1 : 0);
    this.replicas = replicas;
    broker.queues().values().stream()
        .flatMap(queue -> queue.members().stream())
        .forEach(node -> copies.merge(node, 1, Integer::sum));
  }

  /**
   * At most one change for each queue: the next pass observes its result.
   *
   * @param leaving the node that is being removed
   * @param replicas the desired number of nodes; until they exist, none gives up its members
   */
  public static List<BrokerAction> plan(
      List<QueueSpec> specs, Reachable broker, Optional<String> leaving, int replicas) {
    QueueMembersPlanner planner = new QueueMembersPlanner(broker, leaving, replicas);
    Set<String> declared = specs.stream().map(QueueSpec::name).collect(Collectors.toSet());
    List<BrokerAction> actions = new ArrayList<>();
    MemberCount.all(specs, broker)
        .forEach(
            (queue, members) ->
                planner.change(queue, members, declared.contains(queue)).ifPresent(actions::add));
    return actions;
  }

  /**
   * @param trim whether there may be too many members; a client's own queue is left as it is
   */
  private Optional<BrokerAction> change(String name, int wanted, boolean trim) {
    QueueState queue = broker.queues().get(name);
    // A queue can change its members only with a majority of those that it has. If one of them is
    // down, that one must come back first.
    if (queue == null || !QueueHealth.isWhole(queue, "")) {
      return Optional.empty();
    }
    long staying = queue.members().stream().filter(node -> !isLeaving(node)).count();
    int target = Math.min(wanted, nodes);
    if (staying < target) {
      return bestNewNode(queue).map(node -> add(name, node));
    }
    if (staying < Math.min(wanted, replicas)) {
      return Optional.empty();
    }
    // Somebody may have added replicas to a stream; those stay.
    boolean tooMany = trim && staying > target && !isStream(name);
    return superfluous(queue, tooMany).map(node -> remove(name, node));
  }

  private boolean isStream(String queue) {
    return broker.definitions().queues().get(queue).type().equals("stream");
  }

  private BrokerAction add(String queue, String node) {
    copies.merge(node, 1, Integer::sum);
    return isStream(queue) ? new AddStreamMember(queue, node) : new AddMember(queue, node);
  }

  private BrokerAction remove(String queue, String node) {
    copies.merge(node, -1, Integer::sum);
    return isStream(queue) ? new RemoveStreamMember(queue, node) : new RemoveMember(queue, node);
  }

  private Optional<String> bestNewNode(QueueState queue) {
    return broker.nodes().values().stream()
        .filter(node -> node.running() && !isLeaving(node.name()))
        .map(Node::name)
        .filter(node -> !queue.members().contains(node))
        .min(
            Comparator.comparing((String node) -> copies.getOrDefault(node, 0))
                .thenComparing(node -> node));
  }

  /** The member on the leaving node; or else, if there are too many, one that does not lead. */
  private Optional<String> superfluous(QueueState queue, boolean tooMany) {
    Optional<String> onLeaving = queue.members().stream().filter(this::isLeaving).findFirst();
    if (onLeaving.isPresent() || !tooMany) {
      return onLeaving;
    }
    return queue.members().stream()
        .filter(node -> !queue.leader().equals(Optional.of(node)))
        .max(
            Comparator.comparing((String node) -> copies.getOrDefault(node, 0))
                .thenComparing(node -> node));
  }

  private boolean isLeaving(String node) {
    return leaving.equals(Optional.of(node));
  }

  /** Whether an action changes the members of one of these queues. */
  public static boolean isOfOne(BrokerAction action, Set<String> queues) {
    return switch (action) {
      case AddMember add -> queues.contains(add.queue());
      case AddStreamMember add -> queues.contains(add.stream());
      case RemoveMember remove -> queues.contains(remove.queue());
      case RemoveStreamMember remove -> queues.contains(remove.stream());
      default -> false;
    };
  }
}
