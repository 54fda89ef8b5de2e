package dev.warren.operator.plan;

import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;

/** One change to the broker. Each may be repeated without harm. */
public sealed interface BrokerAction {

  /** Makes a user, or sets its password, tags and permissions (all in the virtual host). */
  record PutUser(String name, String password) implements BrokerAction {
    /** Without the password, since plans are logged. */
    @Override
    public String toString() {
      return "PutUser[name=" + name + "]";
    }
  }

  /** Sets a policy. */
  record PutPolicy(Policy policy) implements BrokerAction {}

  /** Declares an exchange. */
  record DeclareExchange(Exchange exchange) implements BrokerAction {}

  /** Declares a queue. */
  record DeclareQueue(Queue queue) implements BrokerAction {}

  /** Binds an exchange to a queue. */
  record Bind(Binding binding) implements BrokerAction {}

  /** Gives a quorum queue a copy on one more node. */
  record AddMember(String queue, String node) implements BrokerAction {}

  /** Gives a stream a copy on one more node. */
  record AddReplica(String stream, String node) implements BrokerAction {}

  /** Spreads the leaders of queues over the nodes; it goes on after the answer. */
  record BalanceLeaders() implements BrokerAction {}

  /** Has a running node hand over its leaders, close its clients' connections and stop. */
  record StopNode(String node) implements BrokerAction {}

  /** Has the other nodes forget one that does not run, and the queues their members on it. */
  record ForgetNode(String node) implements BrokerAction {}

  /** Takes a quorum queue's copy from a node. */
  record RemoveMember(String queue, String node) implements BrokerAction {}

  /**
   * Takes a stream's copy from a node. Refused while a copy on another node lacks anything that the
   * stream has confirmed.
   */
  record RemoveReplica(String stream, String node) implements BrokerAction {}
}
