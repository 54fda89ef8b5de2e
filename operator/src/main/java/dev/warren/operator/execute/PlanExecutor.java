package dev.warren.operator.execute;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerWorker;
import dev.warren.operator.execute.KubernetesWriter.Outcome;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.validation.Violation;
import dev.warren.operator.status.AppliedActions;
import dev.warren.operator.status.ReconcileResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Carries out a plan, in its order. It can be interrupted anywhere: the next pass continues. */
public final class PlanExecutor {

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
    boolean isSupported =
        inTurn(plan.certificates().secrets(), new ArrayList<>(), new ArrayList<>(), nodes)
            && inTurn(plan.support(), new ArrayList<>(), support, nodes);
    List<Problem> certificates = refusals(plan.certificates().others());
    boolean isRecorded = isRecorded(plan, isSupported, underway, nodes);
    if (isSupported && isRecorded) {
      inTurn(plan.behindRecord(), underway, new ArrayList<>(), nodes);
    }
    nodes.addAll(unlessMoving(plan, underway));
    nodes.addAll(plan.nodeProblems());
    List<Problem> problems = new ArrayList<>();
    carryOutConsumers(plan.consumerMarks(), problems);
    List<BrokerAction> allowed = isRecorded ? plan.broker() : plan.brokerBeforeRecord();
    BrokerExecutor.Result done =
        broker
            .map(client -> new BrokerExecutor(client, worker, owner, clock).carryOut(allowed))
            .orElse(BrokerExecutor.Result.NOTHING);
    nodes.addAll(unlessMoving(plan, done.nodeProblems()));
    List<Problem> topology = joined(plan.topologyProblems(), done.problems());
    held(plan.broker().size() - allowed.size()).ifPresent(topology::add);
    List<KubernetesAction> consumers = carryOutConsumers(plan.consumerChanges(), problems);
    return new ReconcileResult(
        observed,
        violations,
        nodes,
        topology,
        problems,
        plan.removal(),
        new AppliedActions(
            Mode.ACT,
            List.of(),
            support,
            done.applied(),
            consumers,
            joined(plan.retained(), done.retained())),
        Optional.of(plan.certificates().withProblems(certificates)));
  }

  /** The steps of a move leave as many nodes ready as before. */
  private static List<Problem> unlessMoving(ReconcilePlan plan, List<Problem> steps) {
    return plan.isMove() ? List.of() : steps;
  }

  /** Each of them; a refused one does not hold up the others. */
  private List<KubernetesAction> carryOutConsumers(
      List<KubernetesAction> actions, List<Problem> problems) {
    List<Problem> underway = new ArrayList<>();
    List<KubernetesAction> done = new ArrayList<>();
    actions.forEach(action -> carryOut(action, underway, done).refusal().ifPresent(problems::add));
    problems.addAll(underway);
    return done;
  }

  /** Carries out each of them; what was refused is returned, and holds up nothing. */
  private List<Problem> refusals(List<KubernetesAction> actions) {
    return actions.stream()
        .flatMap(
            action -> carryOut(action, new ArrayList<>(), new ArrayList<>()).refusal().stream())
        .toList();
  }

  private static <T> List<T> joined(List<T> planned, List<T> found) {
    List<T> all = new ArrayList<>(planned);
    all.addAll(found);
    return all;
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
}
