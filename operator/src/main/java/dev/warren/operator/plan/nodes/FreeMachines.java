package dev.warren.operator.plan.nodes;

import dev.warren.operator.model.Labels;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.QueueNodePod.Placement;
import dev.warren.operator.observation.Machine;
import dev.warren.operator.observation.Places;
import dev.warren.operator.observation.Spread;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds machines that would be better for a node than the one that it shares. A move to one of them
 * always makes the nodes more even, so that moves come to an end.
 */
final class FreeMachines {

  /** So many obstacles are reported. */
  private static final int MOST_OBSTACLES = 3;

  private final PodSpec pod;
  private final Places places;
  private final Spread spread;
  private final PodFit fit;

  /**
   * @param pod the Pod of a new node
   * @param spread the nodes now
   */
  FreeMachines(PodSpec pod, Places places, Spread spread) {
    this.pod = pod;
    this.places = places;
    this.spread = spread;
    this.fit = new PodFit(pod);
  }

  /** For the Pod of a new node. */
  static FreeMachines of(QueueNodePod pods, Places places, Spread spread) {
    Pod pod = pods.pod(0, "", Placement.SPREAD, false);
    return new FreeMachines(pod.getSpec(), places, spread);
  }

  /** Whether the Pods are spread over machines; users may want only racks, for example. */
  boolean areWanted() {
    return pod.getTopologySpreadConstraints().stream().anyMatch(FreeMachines::isOverMachines);
  }

  private static boolean isOverMachines(TopologySpreadConstraint constraint) {
    return constraint.getTopologyKey().equals(Labels.HOSTNAME);
  }

  /** Those that could take a node from a machine, the best first. */
  List<Machine> insteadOf(String shared) {
    return better(shared)
        .filter(machine -> fit.obstacle(machine).isEmpty())
        .sorted(
            Comparator.comparingLong((Machine machine) -> inZone(machine.zone()))
                .thenComparingInt(machine -> spread.on(machine.name()))
                .thenComparing(Machine::name))
        .toList();
  }

  /** Why others cannot take it, as the end of a sentence; empty if there are no others. */
  Optional<String> obstacles(String shared) {
    List<String> found =
        better(shared)
            .sorted(Comparator.comparing(Machine::name))
            .flatMap(
                machine -> fit.obstacle(machine).map(why -> machine.name() + " " + why).stream())
            .limit(MOST_OBSTACLES)
            .toList();
    return found.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", found));
  }

  private Stream<Machine> better(String shared) {
    return places.machines().values().stream().filter(other -> isBetter(other.name(), shared));
  }

  /** Whether the nodes would be spread more evenly if one were on the other machine instead. */
  boolean isBetter(String other, String shared) {
    return spread.on(shared) - spread.on(other) > allowedSkew()
        && !isWorseZone(places.zone(other), places.zone(shared));
  }

  /** A difference of one cannot be improved, and a user may allow more. */
  private int allowedSkew() {
    return pod.getTopologySpreadConstraints().stream()
        .filter(FreeMachines::isOverMachines)
        .mapToInt(TopologySpreadConstraint::getMaxSkew)
        .reduce(1, Math::max);
  }

  private boolean isWorseZone(Optional<String> other, Optional<String> now) {
    return other.isPresent()
        && now.isPresent()
        && !other.equals(now)
        && inZone(other) >= inZone(now);
  }

  private long inZone(Optional<String> zone) {
    return spread.byMachine().keySet().stream()
        .filter(machine -> zone.isPresent() && places.zone(machine).equals(zone))
        .mapToLong(spread::on)
        .sum();
  }
}
