package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.Problem;
import dev.warren.operator.model.NodeRemoval.Kind;
import java.util.Optional;

/**
 * Whether a node has to be removed.
 *
 * @param candidate the node to remove now
 * @param problem why a node that seems to need removal is not removed now
 */
record RemovalFinding(Optional<Candidate> candidate, Optional<Problem> problem) {

  static final RemovalFinding NONE = new RemovalFinding(Optional.empty(), Optional.empty());

  /**
   * A node that must be removed.
   *
   * @param because what was observed, as a sentence
   * @param freeMachine if it moves, a machine that could take it
   */
  record Candidate(int node, Kind kind, String because, Optional<String> freeMachine) {

    /** It does not move. */
    Candidate(int node, Kind kind, String because) {
      this(node, kind, because, Optional.empty());
    }
  }

  /** Whether nothing seems to need removal. */
  boolean isNone() {
    return equals(NONE);
  }

  static RemovalFinding of(Candidate candidate) {
    return new RemovalFinding(Optional.of(candidate), Optional.empty());
  }

  static RemovalFinding held(Problem problem) {
    return new RemovalFinding(Optional.empty(), Optional.of(problem));
  }
}
