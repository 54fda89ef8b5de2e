package dev.warren.operator.plan.nodes;

import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds queues that would be lost with a node. */
final class OnlyCopies {

  private OnlyCopies() {}

  /** A durable queue that only this node has, as every classic queue is. */
  static Optional<String> on(String brokerNode, Reachable broker) {
    return first(broker, queue -> queue.members().equals(List.of(brokerNode)));
  }

  /** A durable queue that can only be on this node, even while the node runs. */
  static Optional<String> immovable(String brokerNode, Reachable broker) {
    return first(
        broker,
        queue ->
            queue.members().equals(List.of(brokerNode))
                && broker.definitions().queues().get(queue.name()).type().equals("classic"));
  }

  /**
   * A durable queue that has no majority of online members without its member on a stopped node. If
   * that node is forgotten, the queue may never come back.
   */
  static Optional<String> needing(String brokerNode, Reachable broker) {
    return first(
        broker,
        queue ->
            queue.members().contains(brokerNode)
                && 2 * queue.online().size() <= queue.members().size());
  }

  /** The first by name of the durable queues that match. */
  private static Optional<String> first(Reachable broker, Predicate<QueueState> isSo) {
    return broker.queues().values().stream()
        .filter(queue -> broker.definitions().queues().containsKey(queue.name()))
        .filter(isSo)
        .map(QueueState::name)
        .sorted()
        .findFirst();
  }
}
