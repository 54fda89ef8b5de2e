package dev.warren.operator.status;

import static dev.warren.operator.model.ConditionType.PAUSED;
import static dev.warren.operator.status.Conditions.TRUE;

import dev.warren.operator.model.Mode;
import dev.warren.operator.model.Reason;
import java.util.ArrayList;
import java.util.List;

/** The status of a topology that is paused. */
final class PauseStatus {

  private static final int LONGEST_PLAN = 50;
  private static final String ANNOTATION = "The annotation " + Mode.ANNOTATION + " ";

  private final AppliedActions applied;

  PauseStatus(AppliedActions applied) {
    this.applied = applied;
  }

  /** Not a part of Ready: a topology that is ready stays ready while it is paused. */
  void addTo(Conditions conditions) {
    switch (applied.mode()) {
      case ACT -> {}
      case PAUSED ->
          conditions.add(
              PAUSED, TRUE, Reason.PAUSED, ANNOTATION + "is 'paused': reconciliation is paused");
      case PLAN ->
          conditions.add(
              PAUSED,
              TRUE,
              Reason.PLAN_ONLY,
              ANNOTATION
                  + "is 'plan': reconciliation is paused, and %s (status.plan)"
                      .formatted(waiting(applied.planned().size())));
      case UNKNOWN ->
          conditions.add(
              PAUSED,
              TRUE,
              Reason.UNKNOWN_MODE,
              ANNOTATION
                  + "is neither 'paused' nor 'plan': reconciliation is paused until it has a"
                  + " known value");
    }
  }

  /** How many changes wait, as a clause. */
  static String waiting(int changes) {
    return switch (changes) {
      case 0 -> "no change waits";
      case 1 -> "1 change waits";
      default -> "%d changes wait".formatted(changes);
    };
  }

  /** The planned changes; null if the user has not asked for them. */
  List<String> plan() {
    if (applied.mode() != Mode.PLAN) {
      return null;
    }
    List<String> all = applied.planned();
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
