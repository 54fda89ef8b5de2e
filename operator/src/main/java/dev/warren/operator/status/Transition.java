package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.DriftStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeReplacement;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.Outlook;
import dev.warren.operator.model.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A change of a topology's state that is worth an Event. The steps on the way to being ready are
 * not: conditions show them.
 *
 * @param normal whether the topology is ready, or on its way there
 */
public record Transition(boolean normal, Reason reason, String message) {

  /** What has changed between two statuses. */
  public static List<Transition> between(
      MessageTopologyStatus previous, MessageTopologyStatus current) {
    return Stream.of(
            ofReplacement(replacement(previous), replacement(current))
                .filter(transition -> !isMove(transition, current))
                .stream(),
            ofSpread(previous, current).stream(),
            ofDrift(previous, current),
            ofScaling(previous, current),
            ofRefusals(previous, current),
            ofWarnings(previous, current),
            CertificateTransitions.between(previous, current),
            ofReadiness(previous, current).stream())
        .flatMap(Function.identity())
        .toList();
  }

  /** Another transition reports it, with the reason. */
  private static boolean isMove(Transition transition, MessageTopologyStatus current) {
    return transition.reason() == Reason.NODE_LEAVING
        && current.nodes().removal() != null
        && current.nodes().removal().kind().equals(NodeRemoval.Kind.MOVED.wire());
  }

  /** Nodes have come to share a machine, one of them moves, or none shares one any longer. */
  private static Optional<Transition> ofSpread(
      MessageTopologyStatus previous, MessageTopologyStatus current) {
    Optional<Condition> before = Conditions.find(previous, ConditionType.NODES_SPREAD);
    return Conditions.find(current, ConditionType.NODES_SPREAD)
        .filter(now -> before.filter(was -> isSame(was, now)).isEmpty())
        .filter(now -> before.isPresent() || !now.getStatus().equals(Conditions.TRUE))
        .map(
            now -> {
              Reason reason = Reason.of(now.getReason()).orElseThrow();
              return new Transition(reason.outlook() != Outlook.TROUBLE, reason, now.getMessage());
            });
  }

  private static Stream<Transition> ofDrift(
      MessageTopologyStatus previous, MessageTopologyStatus current) {
    List<DriftStatus> known = DriftStatuses.of(previous);
    return DriftStatuses.of(current).stream()
        .filter(drift -> !known.contains(drift))
        .map(
            drift ->
                new Transition(
                    true,
                    Reason.DRIFT_REPAIRED,
                    "%s %s was restored: %s".formatted(drift.kind(), drift.name(), drift.what())));
  }

  /** Consumers whose number of Pods has changed with the load. */
  private static Stream<Transition> ofScaling(
      MessageTopologyStatus previous, MessageTopologyStatus current) {
    if (previous == null || previous.consumers() == null || current.consumers() == null) {
      return Stream.empty();
    }
    Map<String, ConsumerStatus> before =
        previous.consumers().stream()
            .filter(consumer -> consumer.scaling() != null)
            .collect(Collectors.toMap(ConsumerStatus::name, Function.identity()));
    return current.consumers().stream()
        .filter(now -> now.scaling() != null && before.containsKey(now.name()))
        .filter(now -> !now.replicas().equals(before.get(now.name()).replicas()))
        .map(
            now ->
                new Transition(
                    true,
                    Reason.CONSUMER_SCALED,
                    "%s is scaled from %d to %d Pods: %s"
                        .formatted(
                            now.name(),
                            before.get(now.name()).replicas(),
                            now.replicas(),
                            now.scaling().reason())));
  }

  /** Queues that a client has begun to declare in another way. */
  private static Stream<Transition> ofRefusals(
      MessageTopologyStatus previous, MessageTopologyStatus current) {
    Map<String, String> before = refusals(previous);
    return refusals(current).entrySet().stream()
        .filter(now -> !now.getValue().equals(before.get(now.getKey())))
        .map(
            now ->
                new Transition(
                    true,
                    Reason.DECLARATION_REFUSED,
                    "RabbitMQ refused a client's declaration of queue '%s': %s"
                        .formatted(now.getKey(), now.getValue())));
  }

  private static Map<String, String> refusals(MessageTopologyStatus status) {
    return status == null || status.queues() == null
        ? Map.of()
        : status.queues().stream()
            .filter(queue -> queue.refusedDeclaration() != null)
            .collect(Collectors.toMap(QueueStatus::name, QueueStatus::refusedDeclaration));
  }

  /** Consumers that have begun to be at risk of losing messages. */
  private static Stream<Transition> ofWarnings(
      MessageTopologyStatus previous, MessageTopologyStatus current) {
    Map<String, String> before = warnings(previous);
    return warnings(current).entrySet().stream()
        .filter(now -> !now.getValue().equals(before.get(now.getKey())))
        .map(
            now ->
                new Transition(
                    false,
                    Reason.NO_DEAD_LETTER,
                    "%s: %s".formatted(now.getKey(), now.getValue())));
  }

  private static Map<String, String> warnings(MessageTopologyStatus status) {
    return status == null || status.consumers() == null
        ? Map.of()
        : status.consumers().stream()
            .filter(consumer -> consumer.warning() != null)
            .collect(Collectors.toMap(ConsumerStatus::name, ConsumerStatus::warning));
  }

  private static NodeReplacement replacement(MessageTopologyStatus status) {
    return status == null || status.nodes() == null ? null : status.nodes().lastReplacement();
  }

  private static Optional<Transition> ofReadiness(
      MessageTopologyStatus previous, MessageTopologyStatus current) {
    Optional<Condition> before = Conditions.find(previous, ConditionType.READY);
    Condition now = Conditions.find(current, ConditionType.READY).orElseThrow();
    if (before.filter(was -> isSame(was, now)).isPresent()) {
      return Optional.empty();
    }
    if (now.getStatus().equals(Conditions.TRUE)) {
      return Optional.of(new Transition(true, Reason.BECAME_READY, now.getMessage()));
    }
    Reason reason = Reason.of(now.getReason()).orElseThrow();
    boolean wasProgress =
        before.map(Condition::getReason).flatMap(Reason::of).filter(Reason::isProgress).isPresent();
    if (wasProgress && reason.isProgress()) {
      return Optional.empty();
    }
    boolean wasReady = Conditions.isReady(previous);
    boolean isAsked =
        reason.outlook() == Outlook.REQUESTED || !isOf(previous, current.observedGeneration());
    boolean normal = reason.isProgress() && (!wasReady || isAsked);
    return Optional.of(new Transition(normal, reason, now.getMessage()));
  }

  private static boolean isSame(Condition before, Condition now) {
    return before.getStatus().equals(now.getStatus())
        && Objects.equals(before.getReason(), now.getReason());
  }

  private static boolean isOf(MessageTopologyStatus status, Long generation) {
    return status != null && Objects.equals(status.observedGeneration(), generation);
  }

  private static Optional<Transition> ofReplacement(NodeReplacement before, NodeReplacement now) {
    if (now == null || now.equals(before)) {
      return Optional.empty();
    }
    boolean known = before != null && now.decidedAt().equals(before.decidedAt());
    if (now.completedAt() != null) {
      String after = "%d s after the decision".formatted(secondsBetween(now, now.completedAt()));
      return Optional.of(
          now.replacedBy() == null
              ? new Transition(
                  true, Reason.NODE_REMOVED, "%s was removed, %s".formatted(now.node(), after))
              : new Transition(
                  true,
                  Reason.NODE_REPLACED,
                  "%s replaced %s, %s; every queue has all its members"
                      .formatted(now.replacedBy(), now.node(), after)));
    }
    if (now.forgottenAt() != null && !(known && before.forgottenAt() != null)) {
      return Optional.of(
          new Transition(
              true,
              Reason.NODE_FORGOTTEN,
              "The other nodes removed %s from the cluster, %d s after the decision"
                  .formatted(now.node(), secondsBetween(now, now.forgottenAt()))));
    }
    return known
        ? Optional.empty()
        : Optional.of(
            new Transition(
                false,
                Reason.NODE_LEAVING,
                "%s is being permanently removed: %s".formatted(now.node(), now.because())));
  }

  private static long secondsBetween(NodeReplacement replacement, String end) {
    return Duration.between(Instant.parse(replacement.decidedAt()), Instant.parse(end)).toSeconds();
  }
}
