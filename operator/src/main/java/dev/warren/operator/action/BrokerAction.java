package dev.warren.operator.action;

import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * One change to the broker, sealed by how it is carried out. Each may be repeated without harm,
 * also after it was carried out by half.
 */
public sealed interface BrokerAction {

  /** How long one request or command of it may take. Then it has failed. */
  Duration deadline();

  /** Carried out by requests to the management API alone. */
  sealed interface ApiAction extends BrokerAction {
    @Override
    default Duration deadline() {
      return Duration.ofSeconds(3);
    }
  }

  /** Changes on which nodes a quorum queue has members. */
  sealed interface MemberChange extends ApiAction {

    /** RabbitMQ itself waits for 5 s for a majority of the members. */
    @Override
    default Duration deadline() {
      return Duration.ofSeconds(10);
    }
  }

  /** Carried out by commands in the containers of queue nodes alone. */
  sealed interface NodeCommand extends BrokerAction {
    @Override
    default Duration deadline() {
      return Duration.ofSeconds(90);
    }
  }

  /** Deletes queues that may be deleted. */
  sealed interface QueueDeletion extends BrokerAction {}

  /** What it does, in words. */
  default String describe() {
    return ActionDescription.of(this);
  }

  /** Whether it takes something away, so that it must be behind the record of the nodes. */
  default boolean isDestructive() {
    return switch (this) {
      case Unbind unbind -> true;
      case QueueDeletion deletion -> true;
      case RemovePolicy remove -> true;
      case RemoveExchange remove -> true;
      case RemoveMember remove -> true;
      case RemoveStreamMember remove -> true;
      case StopNode stop -> true;
      case ForgetNode forget -> true;
      case RecreateQueue recreate -> true;
      case PutUser put -> false;
      case PutRecord record -> false;
      case PutPolicy put -> false;
      case DeclareExchange declare -> false;
      case DeclareQueue declare -> false;
      case Bind bind -> false;
      case AddMember add -> false;
      case AddStreamMember add -> false;
      case BalanceLeaders balance -> false;
      case StartMove start -> false;
      case EndMove end -> false;
      case KeepClientsOut keep -> false;
      case DisconnectClients disconnect -> false;
      case LetClientsIn let -> false;
      case SetPlugins set -> false;
      case FreeFeatureFlags free -> false;
      case RestoreAccount restore -> false;
    };
  }

  /** Whether it changes what the resource declares, so that the next pass has to see it first. */
  default boolean isDeclaration() {
    return switch (this) {
      case PutUser put -> true;
      case PutRecord record -> false;
      case PutPolicy put -> true;
      case DeclareExchange declare -> true;
      case DeclareQueue declare -> true;
      case Bind bind -> true;
      case Unbind unbind -> true;
      case RemovePolicy remove -> true;
      case RemoveExchange remove -> true;
      case QueueDeletion deletion -> true;
      case AddMember add -> false;
      case RemoveMember remove -> false;
      case BalanceLeaders balance -> false;
      case StartMove start -> true;
      case EndMove end -> true;
      case KeepClientsOut keep -> false;
      case LetClientsIn let -> true;
      case RecreateQueue recreate -> true;
      case AddStreamMember add -> false;
      case RemoveStreamMember remove -> false;
      case StopNode stop -> false;
      case ForgetNode forget -> false;
      case DisconnectClients disconnect -> false;
      case SetPlugins set -> true;
      case FreeFeatureFlags free -> false;
      case RestoreAccount restore -> true;
    };
  }

  /** Whether it is about a node, and not about what is declared on all of them. */
  default boolean concernsNodes() {
    return this instanceof StopNode
        || this instanceof ForgetNode
        || this instanceof FreeFeatureFlags;
  }

  /** Makes a user, or sets its password, tags and permissions (all in the virtual host). */
  record PutUser(String name, String password) implements ApiAction {
    /** Without the password, since plans are logged. */
    @Override
    public String toString() {
      return "PutUser[name=" + name + "]";
    }
  }

  /**
   * Makes the operator's own account, or gives it its password and rights again, without logging
   * in; and the virtual host, if definitions that a user imports leave it out.
   */
  record RestoreAccount(String name, String password) implements NodeCommand {

    /** RabbitMQ waits for 5 s for a majority, for each of the three. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(20);
    }

    /** Without the password, since plans are logged. */
    @Override
    public String toString() {
      return "RestoreAccount[name=" + name + "]";
    }
  }

  /** Replaces the record of what the topology has declared. Without it nothing may be declared. */
  record PutRecord(OwnershipRecord declared) implements ApiAction {}

  /** Sets a policy. */
  record PutPolicy(Policy policy) implements ApiAction {}

  /** Declares an exchange. */
  record DeclareExchange(Exchange exchange) implements ApiAction {}

  /** Declares a queue. */
  record DeclareQueue(Queue queue) implements ApiAction {}

  /** Binds an exchange to a queue. */
  record Bind(Binding binding) implements ApiAction {}

  /** Removes a binding, if it is there. */
  record Unbind(Binding binding) implements ApiAction {}

  /**
   * Deletes a queue, if it is there.
   *
   * @param onlyIfEmpty whether it stays when it turns out to have messages or consumers
   */
  record RemoveQueue(String queue, boolean onlyIfEmpty) implements QueueDeletion {

    /**
     * RabbitMQ waits for 5 s for each of several things; one that is not waited for is half done.
     */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(15);
    }
  }

  /**
   * Finishes deletions that ended half-way: RabbitMQ ends a queue's members first and forgets the
   * queue last, and whoever asked for it may be gone in between. Then nobody can use the queue, nor
   * declare it again. A queue of which any member still has its messages is left alone.
   */
  record FinishDeletions(Set<String> queues) implements QueueDeletion {

    /** It takes RabbitMQ 6 s. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(30);
    }
  }

  /** Deletes a policy, if it is there. */
  record RemovePolicy(String policy) implements ApiAction {}

  /** Deletes an exchange, if it is there; it stays when something turns out to be bound to it. */
  record RemoveExchange(String exchange) implements ApiAction {}

  /** Gives a quorum queue a copy on one more node. */
  record AddMember(String queue, String node) implements MemberChange {}

  /** Gives a stream a copy on one more node. */
  record AddStreamMember(String stream, String node) implements NodeCommand {}

  /** Spreads the leaders of queues over the nodes; it goes on after the answer. */
  record BalanceLeaders() implements ApiAction {}

  /** Has a running node hand over its leaders, close its clients' connections and stop. */
  record StopNode(String node) implements NodeCommand {}

  /** Has the other nodes forget one that does not run, and the queues their members on it. */
  record ForgetNode(String node) implements NodeCommand {}

  /**
   * Has messages moved from one queue to another until {@link EndMove}: each is confirmed there.
   */
  record StartMove(String name, Move move) implements ApiAction {}

  /** Ends a move. What is on its way may be in both queues then. */
  record EndMove(String name) implements ApiAction {}

  /**
   * Disconnects all clients and keeps them out, so that nobody publishes; waits until the move has
   * left the queue empty; deletes the queue and declares it as wanted, with its policy and
   * bindings; and lets clients in again. Refused when the queue does not become empty; a move that
   * stands still is started again then.
   *
   * @param emptying the move that empties the queue; it ends
   */
  record RecreateQueue(
      Queue queue, Optional<Policy> policy, Set<Binding> bindings, StartMove emptying)
      implements BrokerAction {

    /** How long the queue may take to become empty, while clients are kept out. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(20);
    }
  }

  /** Lets no client connect, nor publish by the management API. Those that are connected stay. */
  record KeepClientsOut() implements ApiAction {}

  /** Closes the connections of all clients, those that are being opened too. */
  record DisconnectClients() implements NodeCommand {

    /** It tries for 10 s. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(20);
    }
  }

  /** Clients may connect. */
  record LetClientsIn() implements ApiAction {}

  /** Has a running node enable these plugins, and disable all others. It tells so 5 s later. */
  record SetPlugins(String node, Set<String> plugins) implements NodeCommand {}

  /** Takes a quorum queue's copy from a node. */
  record RemoveMember(String queue, String node) implements MemberChange {}

  /**
   * Takes a stream's copy from a node. Refused while a copy on another node lacks anything that the
   * stream has confirmed.
   */
  record RemoveStreamMember(String stream, String node) implements NodeCommand {}

  /**
   * Takes the turn at the feature flags from a node that has nothing to do with it, so that another
   * can go on with its start. Nothing is done if there is none.
   *
   * @param node the one that waits
   */
  record FreeFeatureFlags(String node) implements NodeCommand {

    /** It only asks, and the next pass asks again. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(10);
    }
  }
}
