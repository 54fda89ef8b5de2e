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

  /** Takes a quorum queue's copy from a node. */
  record RemoveMember(String queue, String node) implements BrokerAction {}
}
