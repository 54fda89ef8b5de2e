package dev.warren.operator.reconcile;

import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.plan.BrokerAction;
import dev.warren.operator.plan.KubernetesAction;
import dev.warren.operator.plan.Observation;
import dev.warren.operator.plan.Problem;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.status.Pass;
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

  Pass carryOut(ReconcilePlan plan, Observation observed) {
    List<Problem> nodes = new ArrayList<>(inTurn(plan.support()));
    if (nodes.isEmpty()) {
      nodes.addAll(inTurn(plan.nodes()));
      nodes.addAll(underway(plan.nodes()));
    }
    nodes.addAll(plan.nodeProblems());
    List<Problem> topology = new ArrayList<>(plan.topologyProblems());
    broker.ifPresent(client -> topology.addAll(declare(client, plan.broker())));
    List<Problem> consumers = new ArrayList<>();
    plan.consumers().forEach(action -> kubernetes.carryOut(action).ifPresent(consumers::add));
    consumers.addAll(underway(plan.consumers()));
    return new Pass(observed, List.of(), nodes, topology, consumers);
  }

  /** Up to the first that is refused: the others build upon it. */
  private List<Problem> inTurn(List<KubernetesAction> actions) {
    return actions.stream().map(kubernetes::carryOut).flatMap(Optional::stream).limit(1).toList();
  }

  /** What was observed is older than this pass: nothing is ready that it has changed. */
  private static List<Problem> underway(List<KubernetesAction> actions) {
    return actions.stream()
        .map(
            action ->
                new Problem(
                    "Updating",
                    "%s %s is being brought up to date"
                        .formatted(
                            action.object().getKind(), action.object().getMetadata().getName())))
        .toList();
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
