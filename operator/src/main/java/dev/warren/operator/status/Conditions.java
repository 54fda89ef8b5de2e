package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conditions of a status, in the order in which things have to become right. */
final class Conditions {

  static final String READY = "Ready";
  static final String VALIDATED = "Validated";
  static final String NODES_READY = "NodesReady";
  static final String TOPOLOGY_DECLARED = "TopologyDeclared";
  static final String CONSUMERS_READY = "ConsumersReady";
  static final String ENDPOINTS_READY = "EndpointsReady";

  /** There only while the operator is told to change nothing. */
  static final String PAUSED = "Paused";

  /** Only where consumers have scaling. */
  static final String SCALING_ACTIVE = "ScalingActive";

  /** Only where consumers have scaling; what is good is that it is false. */
  static final String SCALING_LIMITED = "ScalingLimited";

  /** The reason when all is declared, and a queue does not have all that it shall. */
  static final String QUEUE_NOT_READY = "QueueNotReady";

  static final String TRUE = "True";
  static final String FALSE = "False";
  static final String UNKNOWN = "Unknown";

  private final List<Condition> previous;
  private final long generation;
  private final Instant now;
  private final List<Condition> conditions = new ArrayList<>();

  /**
   * @param previous the conditions of the last status: one that has not changed keeps its time
   * @param generation of the resource that they are about
   */
  Conditions(List<Condition> previous, long generation, Instant now) {
    this.previous = previous == null ? List.of() : previous;
    this.generation = generation;
    this.now = now;
  }

  /** A condition of a status that may not be there yet. */
  static Optional<Condition> find(MessageTopologyStatus status, String type) {
    return status == null || status.conditions() == null
        ? Optional.empty()
        : status.conditions().stream()
            .filter(condition -> condition.getType().equals(type))
            .findFirst();
  }

  void add(String type, String status, String reason, String message) {
    String since =
        previous.stream()
            .filter(last -> last.getType().equals(type) && last.getStatus().equals(status))
            .findFirst()
            .map(Condition::getLastTransitionTime)
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    conditions.add(
        new ConditionBuilder()
            .withType(type)
            .withStatus(status)
            .withReason(reason)
            .withMessage(message)
            .withObservedGeneration(generation)
            .withLastTransitionTime(since)
            .build());
  }

  /**
   * Adds a condition that was true as it was, of an earlier generation too; false if it was not.
   */
  boolean keepTrue(String type) {
    return previous.stream()
            .anyMatch(last -> last.getType().equals(type) && last.getStatus().equals(TRUE))
        && keep(type);
  }

  /** Adds a condition as it was; false if there was none. */
  boolean keep(String type) {
    Optional<Condition> kept =
        previous.stream().filter(last -> last.getType().equals(type)).findFirst();
    kept.ifPresent(conditions::add);
    return kept.isPresent();
  }

  /** Those that were added, and of the last status the others. */
  List<Condition> withKept() {
    previous.stream()
        .filter(last -> conditions.stream().noneMatch(now -> now.getType().equals(last.getType())))
        .forEach(conditions::add);
    return List.copyOf(conditions);
  }

  /**
   * All of them, led by Ready: true, or what is the first that is not. Consumers whose load is
   * unknown, or more than they may grow to, run all the same: they are no less ready.
   */
  List<Condition> withSummary(String whenReady) {
    Condition first =
        conditions.stream()
            .filter(condition -> !condition.getStatus().equals(TRUE))
            .filter(condition -> !condition.getType().startsWith("Scaling"))
            .findFirst()
            .orElse(null);
    List<Condition> details = List.copyOf(conditions);
    conditions.clear();
    if (first == null) {
      add(READY, TRUE, "AllReady", whenReady);
    } else {
      add(READY, FALSE, first.getReason(), first.getMessage());
    }
    conditions.addAll(details);
    return List.copyOf(conditions);
  }
}
