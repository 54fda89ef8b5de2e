package dev.warren.operator.action;

import java.util.ArrayList;
import java.util.List;

/**
 * Changes to the broker that follow each other.
 *
 * @param behindRecord whether the changes must wait until the record of the nodes is written
 */
public record BrokerStep(boolean behindRecord, List<BrokerAction> actions) {

  /** Refuses a destructive change that is not behind the record. */
  public BrokerStep {
    actions = List.copyOf(actions);
    if (!behindRecord && actions.stream().anyMatch(BrokerAction::isDestructive)) {
      throw new IllegalArgumentException("destructive, and not behind the record: " + actions);
    }
  }

  /** One step that must wait until the record of the nodes is written. */
  public static List<BrokerStep> behindRecord(List<BrokerAction> actions) {
    return actions.isEmpty() ? List.of() : List.of(new BrokerStep(true, actions));
  }

  /**
   * Steps for these changes in their order. Destructive changes wait for the record of the nodes.
   */
  public static List<BrokerStep> inOrder(List<BrokerAction> actions) {
    List<BrokerStep> steps = new ArrayList<>();
    int begin = 0;
    for (int i = 1; i <= actions.size(); i++) {
      boolean isDestructive = actions.get(begin).isDestructive();
      if (i == actions.size() || actions.get(i).isDestructive() != isDestructive) {
        steps.add(new BrokerStep(isDestructive, actions.subList(begin, i)));
        begin = i;
      }
    }
    return steps;
  }
}
