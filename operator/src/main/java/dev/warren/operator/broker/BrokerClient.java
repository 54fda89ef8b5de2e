package dev.warren.operator.broker;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueLoad;
import java.util.Map;
import java.util.Set;

/**
 * A topology's broker. Calls block: a query for a few seconds at most, a change until its deadline.
 */
public interface BrokerClient {

  /** Reads everything that planning needs. Never throws: a failure is an observation too. */
  BrokerObservation observe();

  /**
   * Carries out one change.
   *
   * @throws BrokerException when the broker refuses it or does not answer
   */
  void apply(BrokerAction action);

  /**
   * Counts the messages of some queues. The query is cheap and may be repeated every few seconds.
   * RabbitMQ refreshes its counts every 5 s.
   *
   * @throws BrokerException when the broker does not answer
   */
  QueueLoad load(Set<String> queues);

  /**
   * Counts the consumers of some queues. A queue whose number is unknown is missing. RabbitMQ
   * refreshes the numbers every 5 s, and may still report those of a queue's last leader for two
   * minutes after another node began to lead it.
   *
   * @throws BrokerException when the broker does not answer
   */
  Map<String, ConsumerCount> consumers(Set<String> queues);

  /**
   * The work of the clients at each IP address.
   *
   * @throws BrokerException when the broker does not answer
   */
  Map<String, ClientWork> workByAddress();

  /**
   * Whether the other nodes can still resolve a node's host name.
   *
   * @throws BrokerException when no node could be queried
   */
  boolean canResolve(int node);
}
