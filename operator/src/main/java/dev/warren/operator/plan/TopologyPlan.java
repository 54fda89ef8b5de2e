package dev.warren.operator.plan;

import java.util.List;

/**
 * What to do to the broker.
 *
 * @param actions in the order in which they are to be done
 * @param conflicts what cannot be done, each a sentence for the user
 */
public record TopologyPlan(List<BrokerAction> actions, List<String> conflicts) {

  /** Copies the lists. */
  public TopologyPlan {
    actions = List.copyOf(actions);
    conflicts = List.copyOf(conflicts);
  }
}
