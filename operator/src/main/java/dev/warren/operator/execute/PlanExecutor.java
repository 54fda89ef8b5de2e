package dev.warren.operator.execute;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.action.Retained;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.BrokerWorker;
import dev.warren.operator.execute.KubernetesWriter.Outcome;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.BrokerWork.Underway;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.validation.Violation;
import dev.warren.operator.status.AppliedActions;
import dev.warren.operator.status.ReconcileResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Carries out a plan, in its order. It can be interrupted anywhere: the next pass continues. */
public final class PlanExecutor {

  private static final Logger LOG = Logger.getLogger(PlanExecutor.class);

  /** After this time the pass reports its progress in the status, and the next pass continues. */
  private static final Duration BROKER_SHARE = Duration.ofSeconds(5);

  /** One may be the fault of a queue. After the second, this pass makes no more broker requests. */
  private static final int UNANSWERED = 2;

  private final KubernetesWriter kubernetes;
  private final Optional<BrokerClient> broker;
  private final BrokerWorker worker;
  private final Owner owner;
  private final Clock clock;

  public PlanExecutor(
      KubernetesWriter kubernetes,
      Optional<BrokerClient> broker,
      BrokerWorker worker,
      Owner owner,
      Clock clock) {
    this.kubernetes = kubernetes;
    this.broker = broker;
    this.worker = worker;
    this.owner = owner;
    this.clock = clock;
  }

  public ReconcileResult carryOut(
      ReconcilePlan plan, Observation observed, List<Violation> violations) {
    List<Problem> nodes = new ArrayList<>();
    List<Problem> underway = new ArrayList<>();
    List<KubernetesAction> support = new ArrayList<>();
    // An update of a Service, for example, makes no node less ready.
    boolean isSupported = inTurn(plan.support(), new ArrayList<>(), support, nodes);
    boolean isRecorded = isRecorded(plan, isSupported, underway, nodes);
    if (isSupported && isRecorded) {
      inTurn(plan.behindRecord(), underway, new ArrayList<>(), nodes);
    }
    nodes.addAll(underway);
    nodes.addAll(plan.nodeProblems());
    List<Problem> topology = new ArrayList<>(plan.topologyProblems());
    List<Retained> retained = new ArrayList<>(plan.retained());
    List<BrokerAction> declared = new ArrayList<>();
    List<BrokerAction> allowed = isRecorded ? plan.broker() : plan.brokerBeforeRecord();
    broker.ifPresent(
        client -> topology.addAll(declare(client, allowed, declared, retained, nodes)));
    held(plan.broker().size() - allowed.size()).ifPresent(topology::add);
    List<Problem> rollingOut = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    List<KubernetesAction> consumers = new ArrayList<>();
    plan.consumers()
        .forEach(
            action -> carryOut(action, rollingOut, consumers).refusal().ifPresent(problems::add));
    problems.addAll(rollingOut);
    return new ReconcileResult(
        observed,
        violations,
        nodes,
        topology,
        problems,
        plan.removal(),
        new AppliedActions(Mode.ACT, List.of(), support, declared, consumers, retained));
  }

  /**
   * Ensures that the record of the nodes is written, and returns whether it is. Otherwise dependent
   * actions would run, and the next operator would not know about them.
   */
  private boolean isRecorded(
      ReconcilePlan plan, boolean isSupported, List<Problem> underway, List<Problem> refused) {
    if (plan.record().isEmpty()) {
      return true;
    }
    if (!isSupported) {
      return false;
    }
    Outcome outcome = carryOut(plan.record().get(), underway, new ArrayList<>());
    outcome.refusal().ifPresent(refused::add);
    return outcome.written();
  }

  private static Optional<Problem> held(int actions) {
    return actions == 0
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Reason.DECLARING,
                "The record of the nodes cannot be written; changes that wait for it: %d"
                    .formatted(actions)));
  }

  /** Runs the actions in turn, until one is refused that the others need: then it returns false. */
  private boolean inTurn(
      List<KubernetesAction> actions,
      List<Problem> underway,
      List<KubernetesAction> done,
      List<Problem> refused) {
    for (KubernetesAction action : actions) {
      Optional<Problem> refusal = carryOut(action, underway, done).refusal();
      refusal.ifPresent(refused::add);
      if (refusal.isPresent() && action.othersNeedIt()) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param underway receives what this pass has changed: it was observed before, so it is not ready
   */
  private Outcome carryOut(
      KubernetesAction action, List<Problem> underway, List<KubernetesAction> done) {
    Outcome outcome = kubernetes.carryOut(action);
    if (outcome.underway()) {
      HasMetadata object = action.object();
      underway.add(
          new Problem(
              Reason.UPDATING,
              "%s %s is being updated"
                  .formatted(object.getKind(), object.getMetadata().getName())));
      done.add(action);
    }
    return outcome;
  }

  private List<Problem> declare(
      BrokerClient client,
      List<BrokerAction> actions,
      List<BrokerAction> done,
      List<Retained> retained,
      List<Problem> nodeProblems) {
    Instant end = clock.instant().plus(BROKER_SHARE);
    List<Problem> problems = new ArrayList<>();
    int unanswered = 0;
    for (int i = 0; i < actions.size(); i++) {
      if (clock.instant().isAfter(end)) {
        problems.add(stillToMake(actions.size() - i, actions.size()));
        return problems;
      }
      BrokerAction action = actions.get(i);
      try {
        LOG.infof("%s", action.describe());
        Optional<Underway> beside = worker.carryOut(owner, client, action, end);
        done.add(action);
        if (beside.isPresent()) {
          // Later actions may depend on it.
          if (i + 1 < actions.size()) {
            problems.add(stillToMake(actions.size() - i, actions.size()));
          }
          (action.concernsNodes() ? nodeProblems : problems).add(beside.get().problem());
          return problems;
        }
      } catch (BrokerException e) {
        if (e.kind() == Kind.IN_USE) {
          LOG.infof("%s: %s", action.describe(), e.getMessage());
          retained.add(retained(action, e.getMessage()));
          continue;
        }
        problems.add(problem(action, e));
        unanswered += e.kind() == Kind.UNAVAILABLE ? 1 : 0;
        boolean othersMayDo = e.kind() != Kind.UNAUTHORIZED && unanswered < UNANSWERED;
        // Without the record, nobody would own what is declared.
        if (!othersMayDo || action instanceof BrokerAction.PutRecord) {
          return problems;
        }
      }
    }
    if (problems.isEmpty() && done.stream().anyMatch(BrokerAction::isDeclaration)) {
      // The observation is older: only the next pass sees what this pass has declared.
      problems.add(new Problem(Reason.DECLARING, "Waiting to observe the applied changes"));
    }
    return problems;
  }

  private static Problem stillToMake(int left, int all) {
    return new Problem(Reason.DECLARING, "%d of %d changes are pending".formatted(left, all));
  }

  private static Retained retained(BrokerAction removal, String because) {
    return switch (removal) {
      case BrokerAction.RemoveQueue remove -> new Retained(Retained.QUEUE, remove.queue(), because);
      case BrokerAction.RemoveExchange remove ->
          new Retained(Retained.EXCHANGE, remove.exchange(), because);
      default -> throw new IllegalArgumentException("no removal: " + removal.describe());
    };
  }

  private static Problem problem(BrokerAction action, BrokerException e) {
    LOG.warnf("%s: %s", action.describe(), e.getMessage());
    return switch (e.kind()) {
      case REFUSED, IN_USE ->
          new Problem(Reason.REFUSED, "cannot " + action.describe() + ": " + e.getMessage());
      case UNTRIED ->
          new Problem(
              Reason.UNTRIED_VERSION, "cannot " + action.describe() + ": " + e.getMessage());
      case FAILED ->
          new Problem(Reason.BROKER_ERROR, "cannot " + action.describe() + ": " + e.getMessage());
      case UNAVAILABLE, UNAUTHORIZED -> new Problem(Reason.BROKER_UNREACHABLE, e.getMessage());
    };
  }
}
