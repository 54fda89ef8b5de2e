package dev.warren.operator.status;

import dev.warren.operator.model.Departure;
import dev.warren.operator.plan.BrokerObservation.Unreachable;
import dev.warren.operator.plan.Observation;
import dev.warren.operator.plan.Problem;
import dev.warren.operator.plan.Violation;
import java.util.List;
import java.util.Optional;

/**
 * What one pass saw, and what kept it from making things as they shall be.
 *
 * @param observed what it began with
 * @param violations what in the resource makes no sense; then nothing was done
 * @param nodeProblems about Secrets, Services, volumes and Pods of the nodes
 * @param topologyProblems about what is in the broker
 * @param consumerProblems about Deployments
 * @param departure the last node that went, or is going
 */
public record Pass(
    Observation observed,
    List<Violation> violations,
    List<Problem> nodeProblems,
    List<Problem> topologyProblems,
    List<Problem> consumerProblems,
    Optional<Departure> departure) {

  /** Copies the lists. */
  public Pass {
    violations = List.copyOf(violations);
    nodeProblems = List.copyOf(nodeProblems);
    topologyProblems = List.copyOf(topologyProblems);
    consumerProblems = List.copyOf(consumerProblems);
  }

  /** A pass that did nothing, because the resource makes no sense. What runs goes on running. */
  public static Pass invalid(Observation observed, List<Violation> violations) {
    List<Problem> topologyProblems =
        observed.broker() instanceof Unreachable unreachable
            ? List.of(new Problem(Problem.BROKER_UNREACHABLE, unreachable.reason()))
            : List.of();
    return new Pass(observed, violations, List.of(), topologyProblems, List.of(), Optional.empty());
  }
}
