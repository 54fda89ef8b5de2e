package dev.warren.operator.broker;

import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collection;
import java.util.Comparator;
import java.util.function.Predicate;

/**
 * The Pods of a topology's queue nodes, one of which is queried.
 *
 * @param names the names of the topology, from which the broker's node names follow
 */
record BrokerNodes(ResourceNames names, Collection<QueueNode> nodes) {

  /**
   * The Pod of one node.
   *
   * @throws BrokerException when it has none
   */
  Pod of(String brokerNode) {
    return nodes.stream()
        .filter(node -> names.brokerNode(node.number()).equals(brokerNode))
        .flatMap(node -> node.pod().stream())
        .findFirst()
        .orElseThrow(() -> new BrokerException(Kind.UNAVAILABLE, brokerNode + " has no Pod"));
  }

  /**
   * The Pod of a ready node other than this one.
   *
   * @throws BrokerException when no other is ready
   */
  Pod anotherThan(String brokerNode) {
    return ready(node -> !names.brokerNode(node.number()).equals(brokerNode));
  }

  /**
   * The Pod of any ready node.
   *
   * @throws BrokerException when none is ready
   */
  Pod any() {
    return ready(node -> true);
  }

  private Pod ready(Predicate<QueueNode> among) {
    return nodes.stream()
        .filter(node -> node.isReady() && among.test(node))
        // Kubernetes would not report a silent machine under a node whose gateway is not ready.
        .sorted(Comparator.comparing((QueueNode node) -> !node.hasReadyPod()))
        .flatMap(node -> node.pod().stream())
        .findFirst()
        .orElseThrow(() -> new BrokerException(Kind.UNAVAILABLE, "No queue node is ready"));
  }
}
