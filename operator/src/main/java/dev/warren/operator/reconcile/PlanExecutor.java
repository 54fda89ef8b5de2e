package dev.warren.operator.reconcile;

import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.plan.BrokerAction;
import dev.warren.operator.plan.KubernetesAction;
import dev.warren.operator.plan.Observation;
import dev.warren.operator.plan.Problem;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Violation;
import dev.warren.operator.reconcile.KubernetesWriter.Outcome;
import dev.warren.operator.status.Pass;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Carries a plan out, in its order. It can be broken off anywhere: the next pass goes on. */
final class PlanExecutor {

  private static final Logger LOG = Logger.getLogger(PlanExecutor.class);

  /** Then the status tells how far it is, and the next pass goes on. */
  private static final Duration BROKER_SHARE = Duration.ofSeconds(5);

  private final KubernetesWriter kubernetes;
  private final Optional<BrokerClient> broker;
  private final Clock clock;

  PlanExecutor(KubernetesWriter kubernetes, Optional<BrokerClient> broker, Clock clock) {
    this.kubernetes = kubernetes;
    this.broker = broker;
    this.clock = clock;
  }

  Pass carryOut(ReconcilePlan plan, Observation observed, List<Violation> violations) {
    List<Problem> underway = new ArrayList<>();
    List<Problem> nodes = new ArrayList<>();
    // That a Service is brought up to date, say, makes no node less ready.
    inTurn(plan.support(), new ArrayList<>())
        .or(() -> inTurn(plan.nodes(), underway))
        .ifPresent(nodes::add);
    nodes.addAll(underway);
    nodes.addAll(plan.nodeProblems());
    List<Problem> topology = new ArrayList<>(plan.topologyProblems());
    broker.ifPresent(client -> topology.addAll(declare(client, plan.broker())));
    List<Problem> rollingOut = new ArrayList<>();
    List<Problem> consumers = new ArrayList<>();
    plan.consumers().forEach(action -> carryOut(action, rollingOut).ifPresent(consumers::add));
    consumers.addAll(rollingOut);
    return new Pass(observed, violations, nodes, topology, consumers, plan.departure());
  }

  /** Up to the first that is refused: the others build upon it. */
  private Optional<Problem> inTurn(List<KubernetesAction> actions, List<Problem> underway) {
    for (KubernetesAction action : actions) {
      Optional<Problem> refusal = carryOut(action, underway);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  /**
   * Why it was refused, if it was.
   *
   * @param underway what was observed is older than this pass: nothing is ready that it has changed
   */
  private Optional<Problem> carryOut(KubernetesAction action, List<Problem> underway) {
    Outcome outcome = kubernetes.carryOut(action);
    if (outcome.underway()) {
      HasMetadata object = action.object();
      underway.add(
          new Problem(
              "Updating",
              "%s %s is being brought up to date"
                  .formatted(object.getKind(), object.getMetadata().getName())));
    }
    return outcome.refusal();
  }

  private List<Problem> declare(BrokerClient client, List<BrokerAction> actions) {
    Instant end = clock.instant().plus(BROKER_SHARE);
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < actions.size(); i++) {
      if (clock.instant().isAfter(end)) {
        int left = actions.size() - i;
        problems.add(
            new Problem(
                "Declaring",
                "%d of %d changes are still to be made".formatted(left, actions.size())));
        return problems;
      }
      try {
        LOG.infof("%s", actions.get(i));
        client.apply(actions.get(i));
      } catch (BrokerException e) {
        problems.add(problem(actions.get(i), e));
        if (e.kind() != Kind.REFUSED) {
          return problems;
        }
      }
    }
    return problems;
  }

  private static Problem problem(BrokerAction action, BrokerException e) {
    LOG.warnf("%s: %s", action, e.getMessage());
    return switch (e.kind()) {
      case REFUSED -> new Problem("Refused", action + ": " + e.getMessage());
      case UNAVAILABLE, UNAUTHORIZED -> new Problem(Problem.BROKER_UNREACHABLE, e.getMessage());
    };
  }
}
