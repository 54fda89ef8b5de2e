package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.FailedMoves;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Machine;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.Spread;
import dev.warren.operator.plan.nodes.RemovalFinding.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides which node moves to another machine: the newest one on a machine that it shares, if
 * another machine has been well for some time, and nothing else is going on. Unknown moves nothing.
 */
final class SpreadDetector {

  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Observation observed;
  private final Membership recorded;
  private final QueueNodePod pods;
  private final List<QueueNode> members;
  private final Spread spread;

  SpreadDetector(
      ResourceNames names,
      MessageTopologySpec spec,
      Observation observed,
      Membership recorded,
      QueueNodePod pods) {
    this.names = names;
    this.spec = spec;
    this.observed = observed;
    this.recorded = recorded;
    this.pods = pods;
    this.members = new Members(names, observed, recorded).present();
    this.spread = Spread.of(members.stream());
  }

  /** Whether every node has a machine, and none shares it. */
  boolean isEven() {
    return spread.shared().isEmpty()
        && spread.byMachine().size() == spec.nodes().replicas()
        && members.size() == spec.nodes().replicas();
  }

  RemovalFinding find(Reachable broker) {
    if (spread.shared().isEmpty()) {
      return RemovalFinding.NONE;
    }
    if (spec.nodes().spreadAfter().equals(Durations.NEVER)) {
      return held("none of them moves, because spec.nodes.spreadAfter is never");
    }
    FreeMachines machines = FreeMachines.of(pods, observed.places(), spread);
    if (!machines.areWanted()) {
      return held(
          "none of them moves, because topologySpreadConstraints of the Pod template do not name"
              + " kubernetes.io/hostname");
    }
    if (observed.places().unknownBecause().isPresent()) {
      return held(
          "none of them moves, because the machines of the cluster are unknown: "
              + observed.places().unknownBecause().get());
    }
    List<String> leavable =
        spread.shared().stream().filter(machine -> !machines.insteadOf(machine).isEmpty()).toList();
    return leavable.isEmpty() ? held(noMachine(machines)) : move(leavable, machines, broker);
  }

  private String noMachine(FreeMachines machines) {
    return "no other machine can take one of them"
        + spread.shared().stream()
            .flatMap(machine -> machines.obstacles(machine).stream())
            .findFirst()
            .map(why -> ": " + why)
            .orElse("");
  }

  private RemovalFinding move(List<String> leavable, FreeMachines machines, Reachable broker) {
    return leavable.stream()
        .flatMap(machine -> newestMovable(machine, broker).stream())
        .findFirst()
        .map(node -> move(node, machines.insteadOf(node.machine().orElseThrow()), broker))
        .orElseGet(
            () -> held("none of them moves, because each has a queue that no other node has"));
  }

  private Optional<QueueNode> newestMovable(String machine, Reachable broker) {
    return spread.byMachine().get(machine).stream()
        .filter(node -> OnlyCopies.immovable(names.brokerNode(node.number()), broker).isEmpty())
        .max(Comparator.comparing(QueueNode::number));
  }

  private RemovalFinding move(QueueNode node, List<Machine> free, Reachable broker) {
    List<Machine> well = free.stream().filter(this::hasBeenWell).toList();
    if (well.isEmpty()) {
      Machine next = free.stream().min(Comparator.comparing(Machine::wellSince)).orElseThrow();
      return held(
          "one of them moves when %s has been well for %s, since %s"
              .formatted(next.name(), spec.nodes().spreadAfter(), inSeconds(next.wellSince())));
    }
    Optional<String> failed = failed(well);
    if (failed.isPresent()) {
      return held(failed.get());
    }
    return new Wholeness(spec, observed, members, pods.revision())
        .missing(broker)
        .map(missing -> held("one of them moves when " + missing))
        .orElseGet(() -> RemovalFinding.of(candidate(node, well.getFirst().name())));
  }

  private boolean hasBeenWell(Machine machine) {
    Duration time = Durations.parse(spec.nodes().spreadAfter());
    return !machine.wellSince().plus(time).isAfter(observed.at());
  }

  /** Why another try must wait, or must not be made. */
  private Optional<String> failed(List<Machine> well) {
    FailedMoves failed = recorded.failedMoves();
    if (failed.endFor(well.stream().map(Machine::name).toList())) {
      return Optional.of(
          "%d moves were given up, the last at %s. The next one waits for another machine"
              .formatted(failed.tries(), failed.lastAt()));
    }
    Instant next = failed.nextAt();
    return next.isAfter(observed.at())
        ? Optional.of(
            "a move was given up at %s, and is tried again after %s"
                .formatted(failed.lastAt(), inSeconds(next)))
        : Optional.empty();
  }

  private static Instant inSeconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  private Candidate candidate(QueueNode node, String free) {
    String because =
        "%s, and %s can take %s".formatted(spread.describe(names), free, names.node(node.number()));
    return new Candidate(node.number(), Kind.MOVED, because, Optional.of(free));
  }

  private RemovalFinding held(String why) {
    return RemovalFinding.held(
        new Problem(Reason.MACHINE_SHARED, "%s; %s".formatted(spread.describe(names), why)));
  }
}
