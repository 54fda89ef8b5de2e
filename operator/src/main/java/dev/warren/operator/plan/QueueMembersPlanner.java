package dev.warren.operator.plan;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.plan.BrokerAction.AddMember;
import dev.warren.operator.plan.BrokerObservation.Node;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives each quorum queue as many members as it shall have, on the nodes with the fewest. A new
 * node gets none by itself.
 */
final class QueueMembersPlanner {

  private final Reachable broker;
  private final Map<String, Integer> copies = new HashMap<>();

  private QueueMembersPlanner(Reachable broker) {
    this.broker = broker;
    broker.queues().values().stream()
        .flatMap(queue -> queue.members().stream())
        .forEach(node -> copies.merge(node, 1, Integer::sum));
  }

  /** One member at most for each queue: the next pass sees whether it came. */
  static List<BrokerAction> plan(List<QueueSpec> queues, Reachable broker) {
    QueueMembersPlanner planner = new QueueMembersPlanner(broker);
    List<BrokerAction> actions = new ArrayList<>();
    queues.stream()
        .filter(queue -> queue.type() == QueueType.QUORUM)
        .forEach(queue -> planner.nextMember(queue).ifPresent(actions::add));
    return actions;
  }

  /** Somebody may have declared the queue with another type; that is told as a conflict. */
  private boolean isQuorum(String queue) {
    Queue declared = broker.definitions().queues().get(queue);
    return declared != null && declared.type().equals("quorum");
  }

  private Optional<BrokerAction> nextMember(QueueSpec spec) {
    QueueState queue = broker.queues().get(spec.name());
    if (queue == null
        || !isQuorum(spec.name())
        || queue.members().size() >= QueueTarget.members(spec, broker.nodes().size())) {
      return Optional.empty();
    }
    // A queue takes a member only by a majority of those that it has; with one of them down, that
    // one comes first.
    if (queue.leader().isEmpty() || !queue.online().containsAll(queue.members())) {
      return Optional.empty();
    }
    return broker.nodes().values().stream()
        .filter(node -> node.running() && !queue.members().contains(node.name()))
        .map(Node::name)
        .min(
            Comparator.comparing((String node) -> copies.getOrDefault(node, 0))
                .thenComparing(node -> node))
        .map(
            node -> {
              copies.merge(node, 1, Integer::sum);
              return new AddMember(spec.name(), node);
            });
  }
}
