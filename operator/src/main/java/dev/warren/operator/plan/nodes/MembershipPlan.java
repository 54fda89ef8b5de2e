package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;

import dev.warren.operator.model.Membership;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which nodes there are, and what becomes of them.
 *
 * @param recorded what is on record, brought up to what is seen
 * @param desired what must be on record before anything is done
 * @param write makes the record say what is desired; empty when it does
 * @param problems what cannot be done now, and why
 */
public record MembershipPlan(
    Membership recorded,
    Membership desired,
    Optional<KubernetesAction> write,
    List<Problem> problems) {

  /** The numbers of the nodes that come into being. */
  List<Integer> added() {
    return IntStream.range(recorded.next(), desired.next()).boxed().toList();
  }

  /** Whether the leaders of the queues have to be balanced. */
  public boolean balances() {
    return !desired.balanced().equals(recorded.balanced());
  }
}
