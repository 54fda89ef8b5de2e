package dev.warren.operator.status;

import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.PodStates;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Why a Pod is not ready, from what Kubernetes says about it in several places. */
final class PodDiagnosis {

  /** The states that every container passes through. */
  private static final Set<String> ON_THE_WAY = Set.of("ContainerCreating", "PodInitializing");

  /** Kubernetes' reasons why a container waits that are reasons of a condition too. */
  private static final Set<Reason> OF_CONTAINERS =
      EnumSet.of(
          Reason.IMAGE_PULL_BACK_OFF,
          Reason.INVALID_IMAGE_NAME,
          Reason.CREATE_CONTAINER_CONFIG_ERROR);

  private static final int LONGEST_MESSAGE = 500;

  /** 128 and SIGKILL. Kubernetes does not always notice that memory was the reason. */
  private static final int KILLED = 137;

  private static final String KILLED_IN_WORDS =
      " (killed, probably because it exceeded its memory limit)";

  private final Pod pod;
  private final Map<String, String> warnings;

  private PodDiagnosis(Pod pod, Map<String, String> warnings) {
    this.pod = pod;
    this.warnings = warnings;
  }

  /**
   * Why the Pod is not ready; empty when it is.
   *
   * @param warnings the last warning about an object, by "Kind/name"
   */
  static Optional<Problem> of(Pod pod, Map<String, String> warnings) {
    return new PodDiagnosis(pod, warnings).problem();
  }

  private Optional<Problem> problem() {
    if (PodStates.isTerminating(pod)) {
      return Optional.of(new Problem(Reason.TERMINATING, "The Pod is being deleted"));
    }
    if (PodStates.ready(pod).isPresent()) {
      return Optional.empty();
    }
    return Stream.of(end(), volume(), placing(), containers(), warning("Pod", name()))
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> Optional.of(new Problem(Reason.STARTING, "The Pod is starting")));
  }

  /** Such as an eviction, which the statuses of the containers do not mention. */
  private Optional<Problem> end() {
    PodStatus status = pod.getStatus();
    if (status == null || !"Failed".equals(status.getPhase()) || status.getReason() == null) {
      return Optional.empty();
    }
    return Optional.of(
        problem(
            status.getReason(),
            Set.of(Reason.EVICTED),
            Reason.POD_FAILED,
            "The Pod has ended: ",
            status.getMessage()));
  }

  private Optional<Problem> volume() {
    return pod.getSpec().getVolumes().stream()
        .map(Volume::getPersistentVolumeClaim)
        .filter(Objects::nonNull)
        .flatMap(claim -> warning("PersistentVolumeClaim", claim.getClaimName()).stream())
        .findFirst()
        .map(warning -> new Problem(Reason.VOLUME_NOT_READY, warning.message()));
  }

  private Optional<Problem> placing() {
    return condition("PodScheduled")
        .filter(scheduled -> scheduled.getStatus().equals("False"))
        .map(
            scheduled ->
                new Problem(
                    Reason.SCHEDULING_GATED.wireName().equals(scheduled.getReason())
                        ? Reason.SCHEDULING_GATED
                        : Reason.UNSCHEDULABLE,
                    shortened(scheduled.getMessage())));
  }

  private Optional<Problem> containers() {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    return Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream())
        .flatMap(status -> container(status).stream())
        .findFirst();
  }

  private static Optional<Problem> container(ContainerStatus status) {
    ContainerState state = status.getState();
    if (state == null || (state.getTerminated() != null && hasSucceeded(state.getTerminated()))) {
      return Optional.empty();
    }
    ContainerStateWaiting waiting = state.getWaiting();
    boolean loops = waiting != null && "CrashLoopBackOff".equals(waiting.getReason());
    Optional<Problem> ended =
        Stream.of(state, status.getLastState())
            .filter(Objects::nonNull)
            .map(ContainerState::getTerminated)
            .filter(Objects::nonNull)
            .filter(terminated -> loops || !hasSucceeded(terminated))
            .findFirst()
            .map(terminated -> ended(status.getName(), terminated));
    if (ended.isPresent() || waiting == null || isOnTheWay(waiting)) {
      return ended;
    }
    return Optional.of(
        problem(
            reason(waiting),
            OF_CONTAINERS,
            Reason.CONTAINER_NOT_STARTED,
            "Container " + status.getName() + ": ",
            waiting.getMessage()));
  }

  /** With Kubernetes' reason if it is a known one; otherwise the message quotes it. */
  private static Problem problem(
      String reported, Set<Reason> known, Reason otherwise, String what, String message) {
    return Reason.of(reported)
        .filter(known::contains)
        .map(reason -> new Problem(reason, what + shortened(message)))
        .orElseGet(() -> new Problem(otherwise, what + reported + ": " + shortened(message)));
  }

  private static boolean hasSucceeded(ContainerStateTerminated terminated) {
    return terminated.getExitCode() == 0;
  }

  private static boolean isOnTheWay(ContainerStateWaiting waiting) {
    return waiting.getReason() == null || ON_THE_WAY.contains(waiting.getReason());
  }

  /** One reason for what Kubernetes reports under two reasons in turn. */
  private static String reason(ContainerStateWaiting waiting) {
    return waiting.getReason().equals("ErrImagePull")
        ? Reason.IMAGE_PULL_BACK_OFF.wireName()
        : waiting.getReason();
  }

  /** Not by the reason that it waits: CrashLoopBackOff says less than how it ended. */
  private static Problem ended(String container, ContainerStateTerminated terminated) {
    Reason reason =
        Reason.OOM_KILLED.wireName().equals(terminated.getReason())
            ? Reason.OOM_KILLED
            : Reason.CONTAINER_FAILED;
    String message =
        "Container %s ended with exit code %d".formatted(container, terminated.getExitCode())
            + (terminated.getExitCode() == KILLED ? KILLED_IN_WORDS : "");
    return terminated.getMessage() == null
        ? new Problem(reason, message)
        : new Problem(reason, message + ": " + shortened(terminated.getMessage()));
  }

  private Optional<Problem> warning(String kind, String name) {
    return Optional.ofNullable(warnings.get(kind + "/" + name))
        .map(message -> new Problem(Reason.POD_START_FAILED, shortened(message)));
  }

  private Optional<PodCondition> condition(String type) {
    List<PodCondition> conditions =
        pod.getStatus() == null ? List.of() : pod.getStatus().getConditions();
    return conditions.stream().filter(condition -> condition.getType().equals(type)).findFirst();
  }

  private String name() {
    return pod.getMetadata().getName();
  }

  /** The end of a log says more than its beginning. */
  private static String shortened(String message) {
    String text = message == null ? "" : message.strip();
    return text.length() <= LONGEST_MESSAGE
        ? text
        : "…" + text.substring(text.length() - LONGEST_MESSAGE);
  }
}
