package dev.warren.operator.action;

import static java.util.stream.Collectors.joining;

import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.AddStreamMember;
import dev.warren.operator.action.BrokerAction.ApiAction;
import dev.warren.operator.action.BrokerAction.BalanceLeaders;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareExchange;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.DisconnectClients;
import dev.warren.operator.action.BrokerAction.EndMove;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.FreeFeatureFlags;
import dev.warren.operator.action.BrokerAction.KeepClientsOut;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.NodeCommand;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.PutRecord;
import dev.warren.operator.action.BrokerAction.PutUser;
import dev.warren.operator.action.BrokerAction.QueueDeletion;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemoveExchange;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.RemovePolicy;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.action.BrokerAction.RestoreAccount;
import dev.warren.operator.action.BrokerAction.SetPlugins;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.BrokerAction.Unbind;

/** Describes what actions at the broker do. */
final class ActionDescription {

  private ActionDescription() {}

  static String of(BrokerAction action) {
    return switch (action) {
      case ApiAction request -> of(request);
      case NodeCommand command -> of(command);
      case QueueDeletion deletion -> of(deletion);
      case RecreateQueue recreate ->
          "lock clients out, delete queue '%s' and declare it again as a %s queue"
              .formatted(recreate.queue().name(), recreate.queue().type());
    };
  }

  private static String of(ApiAction action) {
    return switch (action) {
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
      case RemovePolicy remove -> "delete policy '%s'".formatted(remove.policy());
      case RemoveExchange remove -> "delete exchange '%s'".formatted(remove.exchange());
      case AddMember add -> "add a member of queue '%s' on %s".formatted(add.queue(), add.node());
      case RemoveMember remove ->
          "remove the member of queue '%s' on %s".formatted(remove.queue(), remove.node());
      case BalanceLeaders balance -> "balance the leaders of the queues";
      case StartMove start ->
          "move the messages of queue '%s' to '%s'"
              .formatted(start.move().from(), start.move().to());
      case EndMove end -> "end the move of messages '%s'".formatted(end.name());
      case KeepClientsOut keep -> "refuse client connections";
      case LetClientsIn let -> "allow client connections again";
    };
  }

  private static String of(NodeCommand action) {
    return switch (action) {
      case AddStreamMember add ->
          "add a member of stream '%s' on %s".formatted(add.stream(), add.node());
      case RemoveStreamMember remove ->
          "remove the member of stream '%s' on %s".formatted(remove.stream(), remove.node());
      case StopNode stop -> "stop " + stop.node();
      case ForgetNode forget -> "forget " + forget.node();
      case DisconnectClients disconnect -> "disconnect all clients";
      case SetPlugins set ->
          "set the plugins of %s to %s".formatted(set.node(), String.join(", ", set.plugins()));
      case FreeFeatureFlags free ->
          "release the feature-flag lock that blocks %s, if it is stale".formatted(free.node());
      case RestoreAccount restore ->
          "restore the operator's account '%s' in RabbitMQ".formatted(restore.name());
    };
  }

  private static String of(QueueDeletion action) {
    return switch (action) {
      case RemoveQueue remove ->
          "delete queue '%s'%s".formatted(remove.queue(), remove.onlyIfEmpty() ? " if empty" : "");
      case FinishDeletions finish ->
          "finish the deletion of queues whose members are deleted: "
              + finish.queues().stream().sorted().collect(joining("', '", "'", "'"));
    };
  }
}
