package dev.warren.operator.plan.nodes;

import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Machine;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.Spread;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whether the move of a node still leads to a better spread. If not, it is given up before anything
 * is taken from the node: Kubernetes has put the new node on a machine that is no better, or finds
 * none.
 */
final class MoveCheck {

  /** Usually a new node joins within a minute. Images and volumes may take longer. */
  private static final Duration JOIN_PATIENCE = Duration.ofMinutes(10);

  private final ResourceNames names;
  private final Observation observed;
  private final QueueNodePod pods;
  private final NodeRemoval move;
  private final List<QueueNode> others;

  MoveCheck(ResourceNames names, Observation observed, QueueNodePod pods, NodeRemoval move) {
    this.names = names;
    this.observed = observed;
    this.pods = pods;
    this.move = move;
    this.others =
        observed.nodes().values().stream()
            .filter(node -> node.hasVolume() && !isNew(node.number()))
            .toList();
  }

  private boolean isNew(int node) {
    return move.replacedBy() != null && move.replacedBy() == node;
  }

  /** Why the move must be given up, as the end of a sentence; empty if it goes on. */
  Optional<String> failure(Reachable broker) {
    return misplaced().or(() -> late(broker)).or(() -> needed(broker));
  }

  private Optional<String> needed(Reachable broker) {
    return OnlyCopies.immovable(names.brokerNode(move.node()), broker)
        .map("no other node has its queue '%s'"::formatted);
  }

  private Optional<String> misplaced() {
    // A node whose Pod is just being recreated has a machine all the same.
    boolean isKnown = others.stream().allMatch(node -> node.machine().isPresent());
    return newNode()
        .flatMap(QueueNode::machine)
        .filter(machine -> isKnown && isNoBetter(machine))
        .map(
            machine ->
                "%s on %s would not spread the nodes better"
                    .formatted(names.node(move.replacedBy()), machine));
  }

  private boolean isNoBetter(String machine) {
    return from().filter(from -> !machines().isBetter(machine, from)).isPresent();
  }

  private Optional<QueueNode> newNode() {
    return Optional.ofNullable(move.replacedBy()).map(observed.nodes()::get);
  }

  private Optional<String> from() {
    return Optional.ofNullable(observed.nodes().get(move.node())).flatMap(QueueNode::machine);
  }

  private FreeMachines machines() {
    return FreeMachines.of(pods, observed.places(), Spread.of(others.stream()));
  }

  private Optional<String> late(Reachable broker) {
    boolean hasJoined =
        move.replacedBy() != null
            && broker.nodes().containsKey(names.brokerNode(move.replacedBy()));
    Instant deadline = Instant.parse(move.decidedAt()).plus(JOIN_PATIENCE);
    return hasJoined || deadline.isAfter(observed.at())
        ? Optional.empty()
        : Optional.of(
            "no new node has joined within %d minutes".formatted(JOIN_PATIENCE.toMinutes()));
  }

  /** The machines that could have taken the node. */
  SortedSet<String> couldHaveTakenIt() {
    SortedSet<String> free = new TreeSet<>();
    Optional.ofNullable(move.freeMachine()).ifPresent(free::add);
    from()
        .ifPresent(
            from -> machines().insteadOf(from).stream().map(Machine::name).forEach(free::add));
    return free;
  }
}
