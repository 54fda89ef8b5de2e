package dev.warren.operator.observation;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.Objects;
import java.util.Optional;

/** What Kubernetes says of any Pod. A Pod that was just created may have no status yet. */
public final class PodStates {

  private PodStates() {}

  /** Whether it is being deleted. */
  public static boolean isTerminating(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  /** Whether it has ended permanently: it was evicted, or its machine shut down. */
  public static boolean hasEnded(Pod pod) {
    String phase = String.valueOf(status(pod).getPhase());
    return phase.equals("Succeeded") || phase.equals("Failed");
  }

  /** The condition that says that it is ready; empty while it is not. */
  public static Optional<PodCondition> ready(Pod pod) {
    return status(pod).getConditions().stream()
        .filter(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()))
        .findFirst();
  }

  /** Its status, which is empty if there is none yet. */
  public static PodStatus status(Pod pod) {
    return Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
  }
}
