package dev.warren.operator.plan;

import dev.warren.operator.plan.BrokerObservation.Reachable;
import java.util.List;
import java.util.Optional;

/** Queues that would be gone with a node. */
final class OnlyCopies {

  private OnlyCopies() {}

  /** A durable queue that only this node has; classic queues are all of that kind. */
  static Optional<String> on(String brokerNode, Reachable broker) {
    return broker.queues().values().stream()
        .filter(queue -> queue.members().equals(List.of(brokerNode)))
        .filter(queue -> broker.definitions().queues().containsKey(queue.name()))
        .map(BrokerObservation.QueueState::name)
        .sorted()
        .findFirst();
  }

  /** A durable queue that can be nowhere but on this node, also while that runs. */
  static Optional<String> immovable(String brokerNode, Reachable broker) {
    return broker.queues().values().stream()
        .filter(queue -> queue.members().equals(List.of(brokerNode)))
        .map(BrokerObservation.QueueState::name)
        .filter(broker.definitions().queues()::containsKey)
        .filter(queue -> broker.definitions().queues().get(queue).type().equals("classic"))
        .sorted()
        .findFirst();
  }

  /**
   * A durable queue of which no majority of the copies is online without that on a node which does
   * not run: if that is forgotten, the queue may never come back.
   */
  static Optional<String> needing(String brokerNode, Reachable broker) {
    return broker.queues().values().stream()
        .filter(queue -> queue.members().contains(brokerNode))
        .filter(queue -> broker.definitions().queues().containsKey(queue.name()))
        .filter(queue -> 2 * queue.online().size() <= queue.members().size())
        .map(BrokerObservation.QueueState::name)
        .sorted()
        .findFirst();
  }
}
