package dev.warren.operator.plan;

import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.QueueNodePod;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A queue node as Kubernetes shows it: it exists as long as its volume does, and runs while it has
 * a Pod.
 */
public record QueueNode(int number, Optional<PersistentVolumeClaim> volume, Optional<Pod> pod) {

  /** With this code a node's start script refuses to start a former member on an empty volume. */
  static final int VOLUME_EMPTY = 66;

  /** Whether its data is there, as far as Kubernetes knows. */
  public boolean hasVolume() {
    return volume.isPresent() && volume.get().getMetadata().getDeletionTimestamp() == null;
  }

  /** Whether its container runs, ready or not. */
  public boolean hasStarted() {
    return pod.map(Pod::getStatus).stream()
        .flatMap(status -> status.getContainerStatuses().stream())
        .filter(container -> container.getName().equals(QueueNodePod.CONTAINER))
        .map(ContainerStatus::getState)
        .anyMatch(state -> state != null && state.getRunning() != null);
  }

  /** Whether it has found its volume empty although it has been a member. */
  public boolean isBlank() {
    return !hasStarted()
        && containerStates()
            .map(ContainerState::getTerminated)
            .anyMatch(ended -> ended != null && ended.getExitCode() == VOLUME_EMPTY);
  }

  /** Whether it has been a member of the cluster of brokers. */
  public boolean hasJoined() {
    return volume.isPresent() && isSet(volume.get(), Labels.JOINED);
  }

  /** Whether its Pod says that it has been a member. */
  public boolean knowsThatItHasJoined() {
    return pod.isPresent() && isSet(pod.get(), Labels.JOINED);
  }

  /** Whether a user has given it up. */
  public boolean isGivenUp() {
    return pod.isPresent() && isSet(pod.get(), Labels.REPLACE);
  }

  /** Whether clients are led to it. */
  public boolean isInService() {
    return hasName() && "true".equals(label(Labels.IN_SERVICE));
  }

  /** Whether its place is another's already. */
  boolean isLeaving() {
    return "true".equals(label(Labels.LEAVING));
  }

  /** Whether its host name can be resolved, or soon can no more. */
  public boolean hasName() {
    return Component.QUEUE_NODE.value().equals(label(Labels.COMPONENT));
  }

  private String label(String key) {
    return pod.map(found -> found.getMetadata().getLabels().get(key)).orElse("");
  }

  private static boolean isSet(HasMetadata object, String annotation) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations != null && "true".equals(annotations.get(annotation));
  }

  private Stream<ContainerState> containerStates() {
    return pod.map(Pod::getStatus).stream()
        .flatMap(status -> status.getContainerStatuses().stream())
        .filter(container -> container.getName().equals(QueueNodePod.CONTAINER))
        .flatMap(container -> Stream.of(container.getState(), container.getLastState()))
        .filter(Objects::nonNull);
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
