package dev.warren.operator.observation;

import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.QueueNodePod;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A queue node as Kubernetes shows it. It exists as long as its volume, and runs while it has a
 * Pod.
 */
public record QueueNode(int number, Optional<PersistentVolumeClaim> volume, Optional<Pod> pod) {

  /** The exit code of a node's start script when a former member has an empty volume. */
  public static final int VOLUME_EMPTY = 66;

  /** Whether its data exists, as far as Kubernetes knows. */
  public boolean hasVolume() {
    return volume.isPresent() && volume.get().getMetadata().getDeletionTimestamp() == null;
  }

  /** The machine that its Pod was scheduled to, if it has a Pod that was scheduled. */
  public Optional<String> machine() {
    return pod.map(Pod::getSpec).map(PodSpec::getNodeName);
  }

  /** Whether its container runs, ready or not. */
  public boolean hasStarted() {
    return containers(QueueNodePod.CONTAINER)
        .map(ContainerStatus::getState)
        .anyMatch(state -> state != null && state.getRunning() != null);
  }

  /** When its container last started, if it runs. */
  public Optional<Instant> startedAt() {
    return containers(QueueNodePod.CONTAINER)
        .map(ContainerStatus::getState)
        .filter(state -> state != null && state.getRunning() != null)
        .map(state -> state.getRunning().getStartedAt())
        .filter(Objects::nonNull)
        .map(Instant::parse)
        .findFirst();
  }

  /** Whether its volume was empty at the start although it has been a member. */
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

  /** Whether its Pod records that it has been a member. */
  public boolean knowsThatItHasJoined() {
    return pod.isPresent() && isSet(pod.get(), Labels.JOINED);
  }

  /** Whether a user has given up the node. */
  public boolean isGivenUp() {
    return pod.isPresent() && isSet(pod.get(), Labels.REPLACE);
  }

  /** Whether Services send clients to it. */
  public boolean isInService() {
    return hasName() && "true".equals(label(Labels.IN_SERVICE));
  }

  /** Whether another node already takes its place. */
  public boolean isLeaving() {
    return "true".equals(label(Labels.LEAVING));
  }

  /** Whether the nodes' Service selects it, so that its host name resolves. */
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
    return containers(QueueNodePod.CONTAINER)
        .flatMap(container -> Stream.of(container.getState(), container.getLastState()))
        .filter(Objects::nonNull);
  }

  /** Whether its Pod is being deleted. */
  public boolean isTerminating() {
    return pod.filter(PodStates::isTerminating).isPresent();
  }

  /** Whether its Pod has ended permanently: it was evicted, or its machine shut down. */
  public boolean hasEnded() {
    return pod.filter(PodStates::hasEnded).isPresent();
  }

  /**
   * Whether RabbitMQ serves clients, as far as Kubernetes knows. The gateway beside it may be
   * unready.
   */
  public boolean isReady() {
    return hasReadyPod() || (!isTerminating() && isKeptFromReadinessByOtherContainers());
  }

  /** Whether all containers of its Pod are ready, so that Services send clients to it. */
  public boolean hasReadyPod() {
    return pod.isPresent() && !isTerminating() && hasCondition("Ready", "True");
  }

  /**
   * On a machine that no longer reports, containers stay ready forever. Its Pod is then not ready
   * although all its containers are.
   */
  private boolean isKeptFromReadinessByOtherContainers() {
    return hasCondition("ContainersReady", "False")
        && containers(QueueNodePod.CONTAINER).anyMatch(ContainerStatus::getReady);
  }

  /** Whether the gateway beside it serves clients. */
  public boolean hasReadyGateway() {
    return hasReadyPod() && hasGateway();
  }

  /** Whether the gateway beside it does not serve clients although RabbitMQ does. */
  public boolean lacksItsGateway() {
    return isReady()
        && hasGateway()
        && containers(QueueNodePod.GATEWAY).noneMatch(ContainerStatus::getReady);
  }

  /** Whether the gateway beside it has received this configuration. */
  public boolean hasToldItsGateway(String configRevision) {
    return hasGateway()
        && configRevision.equals(
            pod.orElseThrow()
                .getMetadata()
                .getAnnotations()
                .get(GatewayConfig.REVISION_ANNOTATION));
  }

  /** Whether there is a gateway beside it. */
  public boolean hasGateway() {
    return pod.stream()
        .flatMap(found -> found.getSpec().getContainers().stream())
        .anyMatch(container -> container.getName().equals(QueueNodePod.GATEWAY));
  }

  private boolean hasCondition(String type, String status) {
    return pod.map(Pod::getStatus).stream()
        .flatMap(found -> found.getConditions().stream())
        .anyMatch(c -> c.getType().equals(type) && c.getStatus().equals(status));
  }

  private Stream<ContainerStatus> containers(String name) {
    return pod.map(Pod::getStatus).stream()
        .flatMap(status -> status.getContainerStatuses().stream())
        .filter(container -> container.getName().equals(name));
  }
}
