package dev.warren.operator.plan;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.Optional;

/**
 * A queue node as Kubernetes shows it: it exists as long as its volume does, and runs while it has
 * a Pod.
 */
public record QueueNode(int number, Optional<PersistentVolumeClaim> volume, Optional<Pod> pod) {

  /** Whether its data is there, as far as Kubernetes knows. */
  public boolean hasVolume() {
    return volume.isPresent() && volume.get().getMetadata().getDeletionTimestamp() == null;
  }

  /** Whether its Pod is on the way out. */
  public boolean isTerminating() {
    return pod.isPresent() && pod.get().getMetadata().getDeletionTimestamp() != null;
  }

  /** Whether its Pod has ended and will not go on: it was evicted, or its machine shut down. */
  public boolean hasEnded() {
    return pod.map(Pod::getStatus)
        .map(PodStatus::getPhase)
        .filter(phase -> phase.equals("Failed") || phase.equals("Succeeded"))
        .isPresent();
  }

  /** Whether it serves clients. */
  public boolean isReady() {
    return pod.isPresent() && !isTerminating() && hasReadyCondition(pod.get());
  }

  private static boolean hasReadyCondition(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }
}
