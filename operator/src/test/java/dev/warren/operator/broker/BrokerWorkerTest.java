package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.BalanceLeaders;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.Owner;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerWork.Underway;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueLoad;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BrokerWorkerTest {

  private static final Owner ORDERS = new Owner("default", "orders", "uid-1");
  private static final Owner OTHER = new Owner("default", "other", "uid-2");
  private static final BrokerAction QUICK = new BalanceLeaders();
  private static final BrokerAction LONG = new StopNode("rabbit@a");

  private final TestClock clock = new TestClock();
  private final Broker broker = new Broker();
  private final List<Runnable> held = new ArrayList<>();
  private final List<Owner> woken = new ArrayList<>();
  private boolean holds;
  private boolean exists = true;
  private final BrokerWorker worker =
      new BrokerWorker(this::execute, topology -> exists, woken::add, clock);

  /** A blocked action takes longer than any pass waits. */
  private void execute(Runnable run) {
    if (holds) {
      held.add(run);
      clock.advance(Duration.ofSeconds(6));
    } else {
      run.run();
    }
  }

  @Test
  void aQuickActionIsDoneInThePass() {
    assertThat(carryOut(ORDERS, QUICK)).isEmpty();

    assertThat(broker.applied).containsExactly(QUICK);
    assertThat(worker.underway(ORDERS)).isEmpty();
    assertThat(woken).isEmpty();
  }

  @Test
  void aFailureInThePassIsThrown() {
    broker.failure = new BrokerException(Kind.REFUSED, "no");

    assertThatThrownBy(() -> carryOut(ORDERS, QUICK)).isSameAs(broker.failure);
    assertThat(worker.underway(ORDERS)).isEmpty();
    assertThat(woken).isEmpty();
  }

  @Test
  void aLongActionRunsBesideThePassesAndTheNextPassKnows() {
    holds = true;

    Optional<Underway> beside = carryOut(ORDERS, LONG);

    assertThat(beside).contains(new Underway(LONG, TestClock.BEGIN, Optional.empty()));
    assertThat(worker.underway(ORDERS)).isEqualTo(beside);
    assertThat(worker.underway(OTHER)).isEmpty();
    end();
    assertThat(broker.applied).containsExactly(LONG);
    assertThat(worker.underway(ORDERS)).isEmpty();
    assertThat(woken).containsExactly(ORDERS);
  }

  @Test
  void aTopologyHasAtMostOneActionInProgress() {
    holds = true;
    carryOut(ORDERS, LONG);

    assertThat(carryOut(ORDERS, QUICK)).map(Underway::action).contains(LONG);
    assertThat(held).hasSize(1);
    carryOut(OTHER, LONG);
    assertThat(held).hasSize(2);
  }

  @Test
  void aFailureIsReportedWhileTheSameActionIsRetried() {
    holds = true;
    carryOut(ORDERS, LONG);
    broker.failure = new BrokerException(Kind.UNAVAILABLE, "no answer");
    end();
    assertThat(woken).containsExactly(ORDERS);

    assertThat(carryOut(ORDERS, LONG)).flatMap(Underway::lastFailure).contains("no answer");
    broker.failure = null;
    end();
    assertThat(carryOut(ORDERS, LONG)).flatMap(Underway::lastFailure).isEmpty();

    broker.failure = new BrokerException(Kind.UNAVAILABLE, "no answer");
    end();
    assertThat(carryOut(ORDERS, new RemoveQueue("q", true)))
        .flatMap(Underway::lastFailure)
        .isEmpty();
  }

  /** An error must not leave an action in progress for ever. */
  @Test
  void anyExceptionEndsAnAction() {
    holds = true;
    carryOut(ORDERS, LONG);
    broker.error = new StackOverflowError();

    end();

    assertThat(worker.underway(ORDERS)).isEmpty();
  }

  @Test
  void aDeletedTopologyIsForgotten() {
    holds = true;
    carryOut(ORDERS, LONG);
    broker.failure = new BrokerException(Kind.UNAVAILABLE, "no Pod");
    exists = false;

    end();

    assertThat(worker.underway(ORDERS)).isEmpty();
    assertThat(woken).isEmpty();
    exists = true;
    assertThat(carryOut(ORDERS, LONG)).flatMap(Underway::lastFailure).isEmpty();
  }

  private Optional<Underway> carryOut(Owner topology, BrokerAction action) {
    Instant until = clock.instant().plus(Duration.ofSeconds(5));
    return worker.carryOut(topology, broker, action, until);
  }

  private void end() {
    held.removeFirst().run();
  }

  private static final class Broker implements BrokerClient {
    private final List<BrokerAction> applied = new ArrayList<>();
    private RuntimeException failure;
    private Error error;

    @Override
    public void apply(BrokerAction action) {
      if (error != null) {
        throw error;
      }
      if (failure != null) {
        throw failure;
      }
      applied.add(action);
    }

    @Override
    public BrokerObservation observe() {
      throw new AssertionError("not observed here");
    }

    @Override
    public QueueLoad load(Set<String> queues) {
      throw new AssertionError("not asked for the load");
    }

    @Override
    public Map<String, ConsumerCount> consumers(Set<String> queues) {
      throw new AssertionError("not asked for consumers");
    }

    @Override
    public Map<String, ClientWork> workByAddress() {
      throw new AssertionError("not asked for the load");
    }

    @Override
    public boolean canResolve(int node) {
      throw new AssertionError("not asked for names");
    }
  }
}
