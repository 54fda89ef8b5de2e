package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.SimulatedApiServer.metadata;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.operator.TestClock;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Machine;
import dev.warren.operator.observation.Places;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The machines, and which Pod is scheduled to which. */
public final class Machines {

  private static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  private final SimulatedApiServer api;
  private final TestClock clock;
  private final SortedMap<String, KubernetesNode.State> states = new TreeMap<>();
  private final Map<String, Instant> wellSince = new HashMap<>();
  private final Map<String, String> zones = new HashMap<>();
  private final Set<String> cordoned = new HashSet<>();
  private final Set<String> full = new HashSet<>();
  private Optional<String> preferred = Optional.empty();
  private Optional<String> unknownBecause = Optional.empty();

  Machines(SimulatedApiServer api, TestClock clock, int number) {
    this.api = api;
    this.clock = clock;
    for (int i = 0; i < number; i++) {
      add("m" + i);
    }
  }

  SortedMap<String, KubernetesNode.State> states() {
    return states;
  }

  // What happens to machines

  /** A new machine. */
  public void add(String machine) {
    bringBack(machine);
  }

  void bringBack(String machine) {
    states.put(machine, KubernetesNode.State.READY);
    wellSince.put(machine, clock.instant());
  }

  public void cordon(String machine) {
    cordoned.add(machine);
  }

  public void uncordon(String machine) {
    if (cordoned.remove(machine)) {
      wellSince.put(machine, clock.instant());
    }
  }

  public void uncordonAll() {
    List.copyOf(cordoned).forEach(this::uncordon);
  }

  public Set<String> cordoned() {
    return Set.copyOf(cordoned);
  }

  /** Other Pods have taken all that Pods may request there. */
  public void fill(String machine) {
    full.add(machine);
  }

  public void empty(String machine) {
    full.remove(machine);
  }

  public void setZone(String machine, String zone) {
    zones.put(machine, zone);
  }

  /** The scheduler puts each new Pod there, as an affinity may make it do. */
  public void prefer(String machine) {
    preferred = Optional.of(machine);
  }

  /** It spreads them again. */
  public void preferNone() {
    preferred = Optional.empty();
  }

  // What the operator observes

  /** The operator may not list the machines. */
  public void hide(String because) {
    unknownBecause = Optional.of(because);
  }

  /** A restarted operator has not seen any machine well. */
  void forgetHistory() {
    wellSince.replaceAll((machine, since) -> clock.instant());
  }

  Places places() {
    return unknownBecause
        .map(Places::unknown)
        .orElseGet(
            () ->
                Places.of(
                    states.keySet().stream()
                        .filter(machine -> states.get(machine) != KubernetesNode.State.GONE)
                        .map(this::machine)
                        .collect(toMap(Machine::name, Function.identity()))));
  }

  private Machine machine(String name) {
    Map<String, String> labels = new HashMap<>(Map.of("kubernetes.io/hostname", name));
    Optional.ofNullable(zones.get(name))
        .ifPresent(zone -> labels.put("topology.kubernetes.io/zone", zone));
    Optional<String> unwell =
        !isReady(name)
            ? Optional.of("is not ready")
            : Optional.of("is cordoned").filter(any -> cordoned.contains(name));
    return new Machine(
        name,
        labels,
        List.of(),
        Map.of("cpu", new Quantity("8"), "memory", new Quantity("32Gi")),
        unwell,
        wellSince.get(name));
  }

  // Where Pods are

  /** The machine of a node's Pod, or that to which its volume ties it. */
  String of(int n) {
    Optional<String> assigned = api.pod(n).map(Machines::assigned);
    return assigned.or(() -> api.volume(n).map(Machines::selected)).orElse(null);
  }

  static String assigned(ObjectNode pod) {
    return pod.path("spec").path("nodeName").asText(null);
  }

  private static String selected(ObjectNode claim) {
    return metadata(claim).path("annotations").path(SELECTED_NODE).asText(null);
  }

  boolean isReady(String machine) {
    return machine != null && states.get(machine) == KubernetesNode.State.READY;
  }

  /** A Pod goes where its volume is, or else where the nodes stay evenly spread. */
  boolean schedule(int n) {
    Optional<String> tied = Optional.ofNullable(of(n));
    Optional<String> machine =
        tied.isPresent() ? tied.filter(this::isOpen) : preferred.or(this::evenlySpread);
    if (!isReady(machine.orElse(null))) {
      return false;
    }
    ((ObjectNode) api.pod(n).orElseThrow().get("spec")).put("nodeName", machine.get());
    metadata(api.volume(n).orElseThrow())
        .withObject("/annotations")
        .put(SELECTED_NODE, machine.get());
    return true;
  }

  private boolean isOpen(String machine) {
    return isReady(machine) && !cordoned.contains(machine);
  }

  /** A full machine counts, and takes none: the Pod then waits, rather than share a machine. */
  private Optional<String> evenlySpread() {
    List<String> open = states.keySet().stream().filter(this::isOpen).toList();
    long fewest = open.stream().mapToLong(this::podsOn).min().orElse(0);
    return open.stream()
        .filter(machine -> !full.contains(machine) && podsOn(machine) == fewest)
        .min(Comparator.comparing(this::podsInZone).thenComparing(name -> name));
  }

  private long podsInZone(String machine) {
    String zone = zones.get(machine);
    return zone == null
        ? 0
        : zones.keySet().stream()
            .filter(other -> zones.get(other).equals(zone))
            .mapToLong(this::podsOn)
            .sum();
  }

  private long podsOn(String machine) {
    return api.numbersOfPods().stream()
        .filter(n -> machine.equals(of(n)))
        .map(n -> metadata(api.pod(n).orElseThrow()).path("labels"))
        .filter(
            labels ->
                labels.path(Labels.COMPONENT).asText().equals(Component.QUEUE_NODE.value())
                    && !labels.path(Labels.LEAVING).asText().equals("true"))
        .count();
  }
}
