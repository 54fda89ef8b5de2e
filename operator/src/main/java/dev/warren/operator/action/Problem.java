package dev.warren.operator.action;

import dev.warren.operator.model.Reason;
import java.util.Comparator;

/**
 * What keeps the operator from reaching the desired state.
 *
 * @param message a sentence for the user
 */
public record Problem(Reason reason, String message) {

  /** Orders problems by severity. Problems of equal severity keep their order. */
  public static final Comparator<Problem> WORST_FIRST =
      Comparator.comparing((Problem problem) -> problem.reason().outlook()).reversed();
}
