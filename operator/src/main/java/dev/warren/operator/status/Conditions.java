package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.Outlook;
import dev.warren.operator.model.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds the conditions of a status. */
public final class Conditions {

  static final String TRUE = "True";
  static final String FALSE = "False";
  static final String UNKNOWN = "Unknown";

  private final List<Condition> previous;
  private final long generation;
  private final Instant now;
  private final Map<ConditionType, Condition> conditions = new EnumMap<>(ConditionType.class);

  /**
   * @param previous the conditions of the last status; an unchanged condition keeps its time
   * @param generation the generation of the resource that they describe
   */
  Conditions(List<Condition> previous, long generation, Instant now) {
    this.previous = previous == null ? List.of() : previous;
    this.generation = generation;
    this.now = now;
  }

  /** For the next status of a topology. */
  static Conditions of(MessageTopology topology, Instant now) {
    MessageTopologyStatus last = topology.getStatus();
    return new Conditions(
        last == null ? List.of() : last.conditions(), topology.getMetadata().getGeneration(), now);
  }

  /** A condition of a status that may not be there yet. */
  static Optional<Condition> find(MessageTopologyStatus status, ConditionType type) {
    return status == null ? Optional.empty() : find(status.conditions(), type);
  }

  private static Optional<Condition> find(List<Condition> conditions, ConditionType type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream()
            .filter(condition -> condition.getType().equals(type.wireName()))
            .findFirst();
  }

  /** Whether a condition holds; empty when that is unknown, or there is no such condition. */
  public static Optional<Boolean> holds(MessageTopologyStatus status, ConditionType type) {
    return find(status, type)
        .map(Condition::getStatus)
        .filter(known -> !known.equals(UNKNOWN))
        .map(TRUE::equals);
  }

  /** Whether the topology is known to be ready. */
  public static boolean isReady(MessageTopologyStatus status) {
    return holds(status, ConditionType.READY).orElse(false);
  }

  /** How long ago Ready last changed between true, false and unknown. */
  public static Duration sinceReadyChanged(MessageTopologyStatus status, Instant now) {
    return find(status, ConditionType.READY)
        .map(ready -> Duration.between(Instant.parse(ready.getLastTransitionTime()), now))
        .orElse(Duration.ZERO);
  }

  /** Whether the resource, as it is now, was found to be valid. */
  public static boolean isValidated(MessageTopology topology) {
    return find(topology.getStatus(), ConditionType.VALIDATED)
        .filter(validated -> validated.getStatus().equals(TRUE))
        .map(Condition::getObservedGeneration)
        .filter(topology.getMetadata().getGeneration()::equals)
        .isPresent();
  }

  /** Adds the condition of a problem: unknown if its reason means that, otherwise false. */
  void add(ConditionType type, Problem problem) {
    boolean unknown = problem.reason().outlook() == Outlook.UNKNOWN;
    add(type, unknown ? UNKNOWN : FALSE, problem.reason(), problem.message());
  }

  void add(ConditionType type, String status, Reason reason, String message) {
    add(type, status, reason.wireName(), message);
  }

  private void add(ConditionType type, String status, String reason, String message) {
    String since =
        find(previous, type)
            .filter(last -> last.getStatus().equals(status))
            .map(Condition::getLastTransitionTime)
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    conditions.put(
        type,
        new ConditionBuilder()
            .withType(type.wireName())
            .withStatus(status)
            .withReason(reason)
            .withMessage(message)
            .withObservedGeneration(generation)
            .withLastTransitionTime(since)
            .build());
  }

  /** Adds a condition as it was if it was true, even for an earlier generation; otherwise false. */
  boolean keepTrue(ConditionType type) {
    return find(previous, type).filter(last -> last.getStatus().equals(TRUE)).isPresent()
        && keep(type);
  }

  /** Adds a condition as it was; false if there was none. */
  boolean keep(ConditionType type) {
    Optional<Condition> kept = find(previous, type);
    kept.ifPresent(last -> conditions.put(type, last));
    return kept.isPresent();
  }

  /** Those that were added, and the others as the last status has them. */
  List<Condition> withKept() {
    for (ConditionType type : ConditionType.values()) {
      if (!conditions.containsKey(type)) {
        keep(type);
      }
    }
    return List.copyOf(conditions.values());
  }

  /**
   * All of them, with Ready first. Ready is true, or equals the first of its parts that is not
   * true. It is unknown if that part is unknown.
   */
  List<Condition> withSummary(String whenReady) {
    Optional<Condition> cause =
        Arrays.stream(ConditionType.values())
            .filter(type -> type.isPartOfReady() && conditions.containsKey(type))
            .map(conditions::get)
            .filter(part -> !part.getStatus().equals(TRUE))
            .findFirst();
    cause.ifPresentOrElse(
        part -> add(ConditionType.READY, part.getStatus(), part.getReason(), part.getMessage()),
        () -> add(ConditionType.READY, TRUE, Reason.ALL_READY, whenReady));
    return List.copyOf(conditions.values());
  }
}
