package dev.warren.operator.status;

import static dev.warren.operator.model.ConditionType.PAUSED;
import static dev.warren.operator.status.Conditions.TRUE;

import dev.warren.operator.model.Mode;
import dev.warren.operator.model.Reason;
import java.util.ArrayList;
import java.util.List;

/** What is told of a topology that the operator is told not to change. */
final class PauseStatus {

  private static final int LONGEST_PLAN = 50;
  private static final String ANNOTATION = "The annotation " + Mode.ANNOTATION + " ";

  private final Effects effects;

  PauseStatus(Effects effects) {
    this.effects = effects;
  }

  /** Not a part of Ready: what is as it shall be is so while nobody looks after it too. */
  void addTo(Conditions conditions) {
    switch (effects.mode()) {
      case ACT -> {}
      case PAUSED ->
          conditions.add(
              PAUSED, TRUE, Reason.PAUSED, ANNOTATION + "is 'paused': nothing is changed");
      case PLAN ->
          conditions.add(
              PAUSED,
              TRUE,
              Reason.PLAN_ONLY,
              ANNOTATION + "is 'plan': nothing is changed, status.plan shows what would be");
      case UNKNOWN ->
          conditions.add(
              PAUSED,
              TRUE,
              Reason.UNKNOWN_MODE,
              ANNOTATION
                  + "is neither 'paused' nor 'plan': nothing is changed to be on the safe side");
    }
  }

  /** What would be done; null if the user has not asked for it. */
  List<String> plan() {
    if (effects.mode() != Mode.PLAN) {
      return null;
    }
    List<String> all = effects.planned();
    if (all.isEmpty()) {
      return List.of("nothing");
    }
    if (all.size() <= LONGEST_PLAN) {
      return all;
    }
    List<String> first = new ArrayList<>(all.subList(0, LONGEST_PLAN));
    first.add("and %d more".formatted(all.size() - LONGEST_PLAN));
    return first;
  }
}
