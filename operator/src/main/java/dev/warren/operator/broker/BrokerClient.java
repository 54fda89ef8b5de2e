package dev.warren.operator.broker;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.QueueLoad;
import java.util.Map;
import java.util.Set;

/**
 * A topology's broker. Calls block: those that only ask for a few seconds at the most, a change for
 * as long as its deadline allows.
 */
public interface BrokerClient {

  /** Reads everything that planning needs. Never throws: what fails is an observation too. */
  BrokerObservation observe();

  /**
   * Carries out one change.
   *
   * @throws BrokerException when the broker refuses it or does not answer
   */
  void apply(BrokerAction action);

  /**
   * Counts the messages of some queues, at little cost: it may be asked every few seconds. RabbitMQ
   * counts anew every 5 s.
   *
   * @throws BrokerException when the broker does not answer
   */
  QueueLoad load(Set<String> queues);

  /**
   * What the clients at each IP address have to do.
   *
   * @throws BrokerException when the broker does not answer
   */
  Map<String, ClientWork> workByAddress();

  /**
   * Whether the other nodes can still resolve a node's host name.
   *
   * @throws BrokerException when none could be asked
   */
  boolean canResolve(int node);
}
