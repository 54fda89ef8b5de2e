package dev.warren.operator.execute;

import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A broker that carries out every action but those that it must fail at, in two seconds each. */
final class FakeBroker implements BrokerClient {

  private final Map<String, BrokerException> failures = new HashMap<>();
  private final List<String> applied = new ArrayList<>();
  private final TestClock clock;

  FakeBroker(TestClock clock) {
    this.clock = clock;
  }

  /** The declaration of this queue fails, or the action with this description. */
  void fail(String named, BrokerException failure) {
    failures.put(named, failure);
  }

  /** The queues that were declared, and the descriptions of other actions. */
  List<String> applied() {
    return applied;
  }

  @Override
  public BrokerObservation observe() {
    throw new AssertionError("observed before");
  }

  @Override
  public void apply(BrokerAction action) {
    String queue =
        action instanceof DeclareQueue(Queue declared) ? declared.name() : action.describe();
    clock.advance(Duration.ofSeconds(2));
    if (failures.containsKey(queue)) {
      throw failures.get(queue);
    }
    applied.add(queue);
  }

  @Override
  public QueueLoad load(Set<String> queues) {
    throw new AssertionError("no pass asks for the load");
  }

  @Override
  public Map<String, ConsumerCount> consumers(Set<String> queues) {
    throw new AssertionError("counted before");
  }

  @Override
  public Map<String, ClientWork> workByAddress() {
    throw new AssertionError("no consumer has more Pods than it needs");
  }

  @Override
  public boolean canResolve(int node) {
    throw new AssertionError("no node is lost");
  }
}
