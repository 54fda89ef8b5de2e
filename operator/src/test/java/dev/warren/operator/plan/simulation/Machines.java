package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.SimulatedApiServer.metadata;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.observation.KubernetesNode;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The machines, and which Pod is scheduled to which. */
final class Machines {

  private static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  private final SimulatedApiServer api;
  private final SortedMap<String, KubernetesNode.State> states = new TreeMap<>();

  Machines(SimulatedApiServer api) {
    this.api = api;
    for (int i = 0; i < 7; i++) {
      states.put("m" + i, KubernetesNode.State.READY);
    }
  }

  SortedMap<String, KubernetesNode.State> states() {
    return states;
  }

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

  /** A Pod goes where its volume is, or else to the machine with the fewest. */
  boolean schedule(int n) {
    String tied = of(n);
    Optional<String> machine =
        tied != null
            ? Optional.of(tied)
            : states.keySet().stream()
                .filter(this::isReady)
                .min(Comparator.comparing(this::podsOn).thenComparing(name -> name));
    if (!isReady(machine.orElse(null))) {
      return false;
    }
    ((ObjectNode) api.pod(n).orElseThrow().get("spec")).put("nodeName", machine.get());
    metadata(api.volume(n).orElseThrow())
        .withObject("/annotations")
        .put(SELECTED_NODE, machine.get());
    return true;
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
