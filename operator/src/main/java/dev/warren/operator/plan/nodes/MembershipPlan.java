package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Membership;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which nodes there are, and which are removed.
 *
 * @param recorded the record, updated with what is observed
 * @param desired the record that must be written before anything is done
 * @param write writes the desired record; empty if it is written
 * @param problems what cannot be done now, and why
 */
public record MembershipPlan(
    Membership recorded,
    Membership desired,
    Optional<KubernetesAction> write,
    List<Problem> problems) {

  /** The numbers of the nodes that are added. */
  public List<Integer> added() {
    return IntStream.range(recorded.next(), desired.next()).boxed().toList();
  }

  /** Whether the leaders of the queues must be rebalanced. */
  public boolean balances() {
    return !desired.balanced().equals(recorded.balanced());
  }
}
