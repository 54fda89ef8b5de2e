package dev.warren.operator.observation;

import dev.warren.operator.model.Labels;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A machine of the cluster, as a place for a queue node.
 *
 * @param allocatable what its Pods may request together
 * @param unwell why no Pod can be placed on it now, as the end of a sentence; empty if it is well
 * @param wellSince since when it has been well with these taints, as far as the operator has seen
 */
public record Machine(
    String name,
    Map<String, String> labels,
    List<Taint> taints,
    Map<String, Quantity> allocatable,
    Optional<String> unwell,
    Instant wellSince) {

  /** Copies the collections. */
  public Machine {
    labels = Map.copyOf(labels);
    taints = List.copyOf(taints);
    allocatable = Map.copyOf(allocatable);
  }

  /** Its zone, if it is known. */
  public Optional<String> zone() {
    return Optional.ofNullable(labels.get(Labels.ZONE));
  }
}
