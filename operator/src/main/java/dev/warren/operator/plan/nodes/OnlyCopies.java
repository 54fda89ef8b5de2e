package dev.warren.operator.plan.nodes;

import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Queues that would be gone with a node. */
final class OnlyCopies {

  private OnlyCopies() {}

  /** A durable queue that only this node has; classic queues are all of that kind. */
  static Optional<String> on(String brokerNode, Reachable broker) {
    return first(broker, queue -> queue.members().equals(List.of(brokerNode)));
  }

  /** A durable queue that can be nowhere but on this node, also while that runs. */
  static Optional<String> immovable(String brokerNode, Reachable broker) {
    return first(
        broker,
        queue ->
            queue.members().equals(List.of(brokerNode))
                && broker.definitions().queues().get(queue.name()).type().equals("classic"));
  }

  /**
   * A durable queue of which no majority of the copies is online without that on a node which does
   * not run: if that is forgotten, the queue may never come back.
   */
  static Optional<String> needing(String brokerNode, Reachable broker) {
    return first(
        broker,
        queue ->
            queue.members().contains(brokerNode)
                && 2 * queue.online().size() <= queue.members().size());
  }

  /** The first by name of the durable queues that are so. */
  private static Optional<String> first(Reachable broker, Predicate<QueueState> isSo) {
    return broker.queues().values().stream()
        .filter(queue -> broker.definitions().queues().containsKey(queue.name()))
        .filter(isSo)
        .map(QueueState::name)
        .sorted()
        .findFirst();
  }
}
