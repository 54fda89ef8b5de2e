package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A change of a topology's state that is worth an Event. The steps on the way to being ready are
 * not: conditions show them.
 *
 * @param normal whether it is as it shall be, or on its way there
 */
public record Transition(boolean normal, String reason, String message) {

  /** Reasons why a topology that is being made or changed is not ready yet. */
  private static final Set<String> ON_THE_WAY =
      Set.of(
          "Starting",
          "NodesStarting",
          "SecretsNotReady",
          "Terminating",
          "Updating",
          "RollingUpdate",
          "Declaring",
          "QueueNotReady",
          "ConsumerNotReady",
          "ChangedMeanwhile");

  /** What has changed between two statuses, if anything has. */
  public static Optional<Transition> between(
      MessageTopologyStatus previous, MessageTopologyStatus current) {
    Condition before = Conditions.find(previous, Conditions.READY).orElse(null);
    Condition now = Conditions.find(current, Conditions.READY).orElseThrow();
    if (before != null
        && before.getStatus().equals(now.getStatus())
        && Objects.equals(before.getReason(), now.getReason())) {
      return Optional.empty();
    }
    boolean isReady = now.getStatus().equals(Conditions.TRUE);
    boolean isOnTheWay = !isReady && ON_THE_WAY.contains(now.getReason());
    if (before != null && isOnTheWay && ON_THE_WAY.contains(before.getReason())) {
      return Optional.empty();
    }
    boolean wasReady = before != null && before.getStatus().equals(Conditions.TRUE);
    boolean isAsked = !isOf(previous, current.observedGeneration());
    boolean normal = isReady || (isOnTheWay && (!wasReady || isAsked));
    return Optional.of(
        new Transition(normal, isReady ? "Ready" : now.getReason(), now.getMessage()));
  }

  private static boolean isOf(MessageTopologyStatus status, Long generation) {
    return status != null && Objects.equals(status.observedGeneration(), generation);
  }
}
