package dev.warren.operator.execute;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.action.Retained;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.BrokerWorker;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.BrokerWork.Underway;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Carries out changes at one broker, in their order, in one reconcile. What does not fit into its
 * share of time is left to the next reconcile.
 */
final class BrokerExecutor {

  private static final Logger LOG = Logger.getLogger(BrokerExecutor.class);

  /** After this time the status reports the progress, and the next reconcile continues. */
  private static final Duration SHARE = Duration.ofSeconds(5);

  /** One may be the fault of a queue. After the second, no more requests are made. */
  private static final int MOST_UNANSWERED = 2;

  private final BrokerClient broker;
  private final BrokerWorker worker;
  private final Owner owner;
  private final Clock clock;

  private final List<BrokerAction> applied = new ArrayList<>();
  private final List<Retained> retained = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> nodeProblems = new ArrayList<>();
  private int unanswered;

  /**
   * @param applied the changes that were made or begun
   * @param retained what cannot be removed yet
   * @param problems what failed or waits
   * @param nodeProblems what failed or waits and is about nodes
   */
  record Result(
      List<BrokerAction> applied,
      List<Retained> retained,
      List<Problem> problems,
      List<Problem> nodeProblems) {

    static final Result NOTHING = new Result(List.of(), List.of(), List.of(), List.of());
  }

  BrokerExecutor(BrokerClient broker, BrokerWorker worker, Owner owner, Clock clock) {
    this.broker = broker;
    this.worker = worker;
    this.owner = owner;
    this.clock = clock;
  }

  /** Carries out changes; to be called once. */
  Result carryOut(List<BrokerAction> actions) {
    if (carryOutInTurn(actions)
        && problems.isEmpty()
        && applied.stream().anyMatch(BrokerAction::isDeclaration)) {
      // The observation is older: only the next reconcile sees what this one has declared.
      problems.add(new Problem(Reason.DECLARING, "Waiting to observe the applied changes"));
    }
    return new Result(applied, retained, problems, nodeProblems);
  }

  /** False if it stopped before the last. */
  private boolean carryOutInTurn(List<BrokerAction> actions) {
    Instant end = clock.instant().plus(SHARE);
    for (int i = 0; i < actions.size(); i++) {
      int left = actions.size() - i;
      if (clock.instant().isAfter(end)) {
        problems.add(stillToMake(left, actions.size()));
        return false;
      }
      BrokerAction action = actions.get(i);
      try {
        LOG.infof("%s", action.describe());
        Optional<Underway> beside = worker.carryOut(owner, broker, action, end);
        applied.add(action);
        if (beside.isPresent()) {
          // Later actions may depend on it.
          if (left > 1) {
            problems.add(stillToMake(left, actions.size()));
          }
          (action.concernsNodes() ? nodeProblems : problems).add(beside.get().problem());
          return false;
        }
      } catch (BrokerException e) {
        if (!mayContinueAfter(action, e)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean mayContinueAfter(BrokerAction failed, BrokerException e) {
    if (e.kind() == Kind.IN_USE) {
      LOG.infof("%s: %s", failed.describe(), e.getMessage());
      retained.add(retained(failed, e.getMessage()));
      return true;
    }
    problems.add(problem(failed, e));
    unanswered += e.kind() == Kind.UNAVAILABLE ? 1 : 0;
    // Without the record, nobody would own what is declared.
    return e.kind() != Kind.UNAUTHORIZED
        && unanswered < MOST_UNANSWERED
        && !(failed instanceof BrokerAction.PutRecord);
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
