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
 * One change to the broker, sealed by how it is carried out. Each may be repeated safely, also when
 * it was half done.
 */
public sealed interface BrokerAction {

  /** How long one of its requests or commands may take before the action fails. */
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

    /** RabbitMQ itself waits 5 s for a majority of the members. */
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

  /** What it does, as a verb phrase. */
  default String describe() {
    return ActionDescription.of(this);
  }

  /**
   * Whether it removes something, so that it must wait until the record of the nodes is written.
   */
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

  /** Whether it changes what the resource declares, so that the next pass must observe it first. */
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

  /** Whether it concerns a node, and not what is declared on all nodes. */
  default boolean concernsNodes() {
    return this instanceof StopNode
        || this instanceof ForgetNode
        || this instanceof FreeFeatureFlags;
  }

  /** Creates a user or updates its password, tags and permissions (all in the virtual host). */
  record PutUser(String name, String password) implements ApiAction {
    /** Without the password, since plans are logged. */
    @Override
    public String toString() {
      return "PutUser[name=" + name + "]";
    }
  }

  /**
   * Creates the operator's own account, or resets its password and rights, without logging in. Also
   * creates the virtual host if imported definitions lack it.
   */
  record RestoreAccount(String name, String password) implements NodeCommand {

    /** RabbitMQ waits up to 5 s for a majority, for each of the three. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(20);
    }

    /** Without the password, because plans are logged. */
    @Override
    public String toString() {
      return "RestoreAccount[name=" + name + "]";
    }
  }

  /** Replaces the record of what the topology has declared. Nothing may be declared without it. */
  record PutRecord(OwnershipRecord declared) implements ApiAction {}

  /** Sets a policy. */
  record PutPolicy(Policy policy) implements ApiAction {}

  /** Declares an exchange. */
  record DeclareExchange(Exchange exchange) implements ApiAction {}

  /** Declares a queue. */
  record DeclareQueue(Queue queue) implements ApiAction {}

  /** A change of one binding. */
  sealed interface BindingChange extends ApiAction {
    Binding binding();
  }

  /** Binds an exchange to a queue. */
  record Bind(Binding binding) implements BindingChange {}

  /** Removes a binding, if it exists. */
  record Unbind(Binding binding) implements BindingChange {}

  /**
   * Deletes a queue, if it exists.
   *
   * @param onlyIfEmpty whether the queue stays when it has messages or consumers
   */
  record RemoveQueue(String queue, boolean onlyIfEmpty) implements QueueDeletion {

    /**
     * RabbitMQ waits up to 5 s for each of several steps. A shorter deadline could stop it
     * half-way.
     */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(15);
    }
  }

  /**
   * Finishes deletions that stopped half-way. RabbitMQ ends a queue's members first and forgets the
   * queue last, and the requester may end in between. Then nobody can use the queue or declare it
   * again. A queue with any member that still has its messages is left alone.
   */
  record FinishDeletions(Set<String> queues) implements QueueDeletion {

    /** It takes RabbitMQ 6 s. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(30);
    }
  }

  /** Deletes a policy, if it exists. */
  record RemovePolicy(String policy) implements ApiAction {}

  /** Deletes an exchange, if it exists. The exchange stays if something is bound to it. */
  record RemoveExchange(String exchange) implements ApiAction {}

  /** Adds a member of a quorum queue on one more node. */
  record AddMember(String queue, String node) implements MemberChange {}

  /** Adds a member of a stream on one more node. */
  record AddStreamMember(String stream, String node) implements NodeCommand {}

  /** Spreads the leaders of queues over the nodes. RabbitMQ continues this after its answer. */
  record BalanceLeaders() implements ApiAction {}

  /** Makes a running node hand over its leaders, close its clients' connections and stop. */
  record StopNode(String node) implements NodeCommand {}

  /** Makes the other nodes forget a stopped node, and the queues forget their members on it. */
  record ForgetNode(String node) implements NodeCommand {}

  /** Moves messages from one queue to another, with confirms, until {@link EndMove}. */
  record StartMove(String name, Move move) implements ApiAction {}

  /** Ends a move. Messages on their way may then be in both queues. */
  record EndMove(String name) implements ApiAction {}

  /**
   * Recreates a queue while clients are locked out, so that nobody publishes. It waits until the
   * move has emptied the queue, deletes the queue, declares it again with its policy and bindings,
   * and lets clients connect again. It fails if the queue does not become empty; then it restarts a
   * move that has stopped.
   *
   * @param emptying the move that empties the queue; this action ends it
   */
  record RecreateQueue(
      Queue queue, Optional<Policy> policy, Set<Binding> bindings, StartMove emptying)
      implements BrokerAction {

    /** How long the queue may take to become empty while clients are locked out. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(20);
    }
  }

  /** Refuses new client connections, and publishing by the management API. Open ones stay. */
  record KeepClientsOut() implements ApiAction {}

  /** Closes the connections of all clients, also those that are still being opened. */
  record DisconnectClients() implements NodeCommand {

    /** It tries for 10 s. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(20);
    }
  }

  /** Allows client connections. */
  record LetClientsIn() implements ApiAction {}

  /** Sets the enabled plugins of a running node. The node reports the change 5 s later. */
  record SetPlugins(String node, Set<String> plugins) implements NodeCommand {}

  /** Removes a quorum queue's member on a node. */
  record RemoveMember(String queue, String node) implements MemberChange {}

  /**
   * Removes a stream's member on a node. Refused while a member on another node lacks confirmed
   * messages.
   */
  record RemoveStreamMember(String stream, String node) implements NodeCommand {}

  /**
   * Releases the feature-flag lock if the node that holds it is idle, so that another node can
   * continue its start. Otherwise does nothing.
   *
   * @param node the node that waits for the lock
   */
  record FreeFeatureFlags(String node) implements NodeCommand {

    /** This only queries, and the next pass retries. */
    @Override
    public Duration deadline() {
      return Duration.ofSeconds(10);
    }
  }
}
