package dev.warren.operator.broker;

import dev.warren.operator.plan.BrokerAction;
import dev.warren.operator.plan.BrokerObservation;

/** A topology's broker. Calls block, each for a few seconds at the most. */
public interface BrokerClient {

  /** Reads everything that planning needs. Never throws: what fails is an observation too. */
  BrokerObservation observe();

  /**
   * Carries out one change.
   *
   * @throws BrokerException when the broker refuses it or does not answer
   */
  void apply(BrokerAction action);
}
