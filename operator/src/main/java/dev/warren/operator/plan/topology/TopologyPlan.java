package dev.warren.operator.plan.topology;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.Reason;
import java.util.List;

/**
 * The changes of the broker.
 *
 * @param actions in their order
 * @param problems what cannot be done, or not yet
 * @param retained what the resource no longer declares and stays for now
 */
public record TopologyPlan(
    List<BrokerAction> actions, List<Problem> problems, List<Retained> retained) {

  /** Copies the lists. */
  public TopologyPlan {
    actions = List.copyOf(actions);
    problems = List.copyOf(problems);
    retained = List.copyOf(retained);
  }

  /** A plan that retains nothing. */
  public TopologyPlan(List<BrokerAction> actions, List<Problem> problems) {
    this(actions, problems, List.of());
  }

  /** Nothing to do now. */
  public static TopologyPlan waiting(Reason reason, String message) {
    return new TopologyPlan(List.of(), List.of(new Problem(reason, message)));
  }
}
