package dev.warren.operator.plan;

import java.util.List;

/**
 * What to do to the broker.
 *
 * @param actions in the order in which they are to be done
 * @param problems what cannot be done, or not yet
 */
public record TopologyPlan(List<BrokerAction> actions, List<Problem> problems) {

  /** Copies the lists. */
  public TopologyPlan {
    actions = List.copyOf(actions);
    problems = List.copyOf(problems);
  }

  /** Nothing to do now. */
  static TopologyPlan waiting(String reason, String message) {
    return new TopologyPlan(List.of(), List.of(new Problem(reason, message)));
  }
}
