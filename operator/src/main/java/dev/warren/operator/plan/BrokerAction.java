package dev.warren.operator.plan;

import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Declared;
import dev.warren.operator.plan.BrokerObservation.Move;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One change to the broker. Each may be repeated without harm. */
public sealed interface BrokerAction {

  /** What it does, in words. */
  default String describe() {
    return switch (this) {
      case PutUser put -> "set the password and permissions of user '%s'".formatted(put.name());
      case PutRecord record -> "record what this resource declares";
      case PutPolicy put -> "set policy '%s'".formatted(put.policy().name());
      case DeclareExchange declare ->
          "declare %s exchange '%s'"
              .formatted(declare.exchange().type(), declare.exchange().name());
      case DeclareQueue declare ->
          "declare %s queue '%s'".formatted(declare.queue().type(), declare.queue().name());
      case Bind bind -> "bind " + bind.binding().describe();
      case Unbind unbind -> "unbind " + unbind.binding().describe();
      case RemoveQueue remove ->
          "delete queue '%s'%s".formatted(remove.queue(), remove.onlyIfEmpty() ? " if empty" : "");
      case RemovePolicy remove -> "delete policy '%s'".formatted(remove.policy());
      case RemoveExchange remove -> "delete exchange '%s'".formatted(remove.exchange());
      case AddMember add -> "add a member of queue '%s' on %s".formatted(add.queue(), add.node());
      case AddReplica add ->
          "add a replica of stream '%s' on %s".formatted(add.stream(), add.node());
      case RemoveMember remove ->
          "remove the member of queue '%s' on %s".formatted(remove.queue(), remove.node());
      case RemoveReplica remove ->
          "remove the replica of stream '%s' on %s".formatted(remove.stream(), remove.node());
      case BalanceLeaders balance -> "balance the leaders of the queues";
      case StopNode stop -> "stop " + stop.node();
      case ForgetNode forget -> "forget " + forget.node();
      case StartMove start ->
          "move the messages of queue '%s' to '%s'"
              .formatted(start.move().from(), start.move().to());
      case EndMove end -> "end the move of messages '%s'".formatted(end.name());
      case MakeAnew make ->
          "keep clients out, and delete queue '%s' and declare it as a %s queue"
              .formatted(make.queue().name(), make.queue().type());
      case KeepClientsOut keep -> "let no client connect";
      case DisconnectClients disconnect -> "disconnect all clients";
      case LetClientsIn let -> "let clients connect again";
      case SetPlugins set ->
          "enable on %s the plugins %s".formatted(set.node(), String.join(", ", set.plugins()));
      case FreeFeatureFlags free ->
          "see that no node that is done keeps %s from its start".formatted(free.node());
      case FinishDeletions finish ->
          "finish the deletion of queues whose members are deleted, among "
              + finish.queues().stream().sorted().collect(Collectors.joining("', '", "'", "'"));
    };
  }

  /** Whether it takes something away, so that it must be behind the record of the nodes. */
  default boolean isDestructive() {
    return switch (this) {
      case Unbind unbind -> true;
      case RemoveQueue remove -> true;
      case RemovePolicy remove -> true;
      case RemoveExchange remove -> true;
      case RemoveMember remove -> true;
      case RemoveReplica remove -> true;
      case StopNode stop -> true;
      case ForgetNode forget -> true;
      case MakeAnew make -> true;
      case PutUser put -> false;
      case PutRecord record -> false;
      case PutPolicy put -> false;
      case DeclareExchange declare -> false;
      case DeclareQueue declare -> false;
      case Bind bind -> false;
      case AddMember add -> false;
      case AddReplica add -> false;
      case BalanceLeaders balance -> false;
      case StartMove start -> false;
      case EndMove end -> false;
      case KeepClientsOut keep -> false;
      case DisconnectClients disconnect -> false;
      case LetClientsIn let -> false;
      case SetPlugins set -> false;
      case FreeFeatureFlags free -> false;
      case FinishDeletions finish -> true;
    };
  }

  /** Whether it changes what the resource declares, so that the next pass has to see it first. */
  default boolean isDeclaration() {
    return switch (this) {
      case PutUser put -> true;
      case PutPolicy put -> true;
      case DeclareExchange declare -> true;
      case DeclareQueue declare -> true;
      case Bind bind -> true;
      case Unbind unbind -> true;
      case RemoveQueue remove -> true;
      case RemovePolicy remove -> true;
      case RemoveExchange remove -> true;
      case StartMove start -> true;
      case EndMove end -> true;
      case FinishDeletions finish -> true;
      case MakeAnew make -> true;
      case LetClientsIn let -> true;
      case SetPlugins set -> true;
      default -> false;
    };
  }

  /** Makes a user, or sets its password, tags and permissions (all in the virtual host). */
  record PutUser(String name, String password) implements BrokerAction {
    /** Without the password, since plans are logged. */
    @Override
    public String toString() {
      return "PutUser[name=" + name + "]";
    }
  }

  /** Replaces the record of what the topology has declared. Without it nothing may be declared. */
  record PutRecord(Declared declared) implements BrokerAction {}

  /** Sets a policy. */
  record PutPolicy(Policy policy) implements BrokerAction {}

  /** Declares an exchange. */
  record DeclareExchange(Exchange exchange) implements BrokerAction {}

  /** Declares a queue. */
  record DeclareQueue(Queue queue) implements BrokerAction {}

  /** Binds an exchange to a queue. */
  record Bind(Binding binding) implements BrokerAction {}

  /** Removes a binding, if it is there. */
  record Unbind(Binding binding) implements BrokerAction {}

  /**
   * Deletes a queue, if it is there.
   *
   * @param onlyIfEmpty whether it stays when it turns out to have messages or consumers
   */
  record RemoveQueue(String queue, boolean onlyIfEmpty) implements BrokerAction {}

  /** Deletes a policy, if it is there. */
  record RemovePolicy(String policy) implements BrokerAction {}

  /** Deletes an exchange, if it is there; it stays when something turns out to be bound to it. */
  record RemoveExchange(String exchange) implements BrokerAction {}

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

  /**
   * Has messages moved from one queue to another until {@link EndMove}: each is confirmed there.
   */
  record StartMove(String name, Move move) implements BrokerAction {}

  /** Ends a move. What is on its way may be in both queues then. */
  record EndMove(String name) implements BrokerAction {}

  /**
   * Disconnects all clients and keeps them out, so that nobody publishes; waits until the move has
   * left the queue empty; deletes the queue and declares it as it shall be, with its policy and
   * bindings; and lets clients in again. Refused when the queue does not become empty.
   *
   * @param move the name of the move that empties the queue; it ends
   */
  record MakeAnew(Queue queue, Optional<Policy> policy, Set<Binding> bindings, String move)
      implements BrokerAction {}

  /** Lets no client connect, nor publish by the management API. Those that are connected stay. */
  record KeepClientsOut() implements BrokerAction {}

  /** Closes the connections of all clients, those that are being opened too. */
  record DisconnectClients() implements BrokerAction {}

  /** Clients may connect. */
  record LetClientsIn() implements BrokerAction {}

  /** Has a running node enable these plugins, and disable all others. It tells so 5 s later. */
  record SetPlugins(String node, Set<String> plugins) implements BrokerAction {}

  /** Takes a quorum queue's copy from a node. */
  record RemoveMember(String queue, String node) implements BrokerAction {}

  /**
   * Takes a stream's copy from a node. Refused while a copy on another node lacks anything that the
   * stream has confirmed.
   */
  record RemoveReplica(String stream, String node) implements BrokerAction {}

  /**
   * Takes the turn at the feature flags from a node that has nothing to do with it, so that another
   * can go on with its start. Nothing is done if there is none.
   *
   * @param node the one that waits
   */
  record FreeFeatureFlags(String node) implements BrokerAction {}

  /**
   * Finishes deletions that ended half-way: RabbitMQ ends a queue's members first and forgets the
   * queue last, and whoever asked for it may be gone in between. Then nobody can use the queue, nor
   * declare it again. A queue of which any member still has its messages is left alone.
   *
   * @param queues quorum queues that may be in that state
   */
  record FinishDeletions(Set<String> queues) implements BrokerAction {}
}
