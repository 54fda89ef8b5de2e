package dev.warren.operator.plan.nodes;

import static java.util.stream.Collectors.toCollection;

import dev.warren.operator.model.Membership;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The nodes of a topology, as a pass sees them from Kubernetes and from the brokers. */
final class Members {

  private final ResourceNames names;
  private final Observation observed;
  private final Membership membership;
  private final List<Integer> added;

  /**
   * @param added the numbers of nodes that the same plan adds
   */
  Members(ResourceNames names, Observation observed, Membership membership, List<Integer> added) {
    this.names = names;
    this.observed = observed;
    this.membership = membership;
    this.added = added;
  }

  /** No node is added. */
  Members(ResourceNames names, Observation observed, Membership membership) {
    this(names, observed, membership, List.of());
  }

  /** The record of the nodes before the plan changes anything. */
  Membership membership() {
    return membership;
  }

  /** The numbers of all nodes that stay, including those that are added. */
  SortedSet<Integer> numbers() {
    return Stream.concat(present().stream().map(QueueNode::number), added.stream())
        .collect(toCollection(TreeSet::new));
  }

  /** Those that have a volume and are not being removed, by number. */
  List<QueueNode> present() {
    return observed.nodes().values().stream()
        .filter(node -> node.hasVolume() && !membership.removes(node.number()))
        .toList();
  }

  /** The names of those that the broker knows. */
  Set<String> brokerNodes() {
    return observed.reachable().map(broker -> broker.nodes().keySet()).orElseGet(Set::of);
  }

  /** A node that has been a member must not start on an empty volume. */
  boolean hasJoined(int n) {
    return brokerNodes().contains(names.brokerNode(n))
        || node(n).map(QueueNode::hasJoined).orElse(false);
  }

  /** According to the broker, or to Kubernetes if the broker does not know. */
  boolean runs(int n) {
    return observed
        .reachable()
        .flatMap(broker -> broker.member(names.brokerNode(n)))
        .map(Node::running)
        .orElseGet(() -> node(n).map(QueueNode::isReady).orElse(false));
  }

  Optional<QueueNode> node(int n) {
    return Optional.ofNullable(observed.nodes().get(n));
  }
}
