package dev.warren.operator.broker;

import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.ApiAction;
import dev.warren.operator.action.BrokerAction.BalanceLeaders;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareExchange;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.EndMove;
import dev.warren.operator.action.BrokerAction.KeepClientsOut;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.PutRecord;
import dev.warren.operator.action.BrokerAction.PutUser;
import dev.warren.operator.action.BrokerAction.RemoveExchange;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.RemovePolicy;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions.Binding;

/** Changes a broker by requests to one node. */
final class ManagementApiChange {

  private ManagementApiChange() {}

  static void applyAt(ManagementApiNode node, ApiAction action) {
    switch (action) {
      case PutUser put -> {
        node.send(ManagementApiRequest.putUser(put.name(), put.password()));
        node.send(ManagementApiRequest.permit(put.name()));
      }
      case PutRecord put -> node.send(ManagementApiRequest.putRecord(put.declared()));
      case PutPolicy put -> node.send(ManagementApiRequest.putPolicy(put.policy()));
      case DeclareExchange declare ->
          node.send(ManagementApiRequest.declareExchange(declare.exchange()));
      case DeclareQueue declare -> node.send(ManagementApiRequest.declareQueue(declare.queue()));
      case Bind bind -> node.send(ManagementApiRequest.bind(bind.binding()));
      case Unbind unbind -> unbindAt(node, unbind.binding());
      case RemovePolicy remove ->
          node.sendIfThere(ManagementApiRequest.deletePolicy(remove.policy()));
      case RemoveExchange remove -> removeExchangeAt(node, remove.exchange());
      case AddMember add -> node.send(ManagementApiRequest.addMember(add.queue(), add.node()));
      case RemoveMember remove -> removeMemberAt(node, remove);
      case BalanceLeaders balance -> node.send(ManagementApiRequest.balanceLeaders());
      case StartMove start -> node.send(ManagementApiRequest.startMove(start));
      case EndMove end -> node.sendIfThere(ManagementApiRequest.endMove(end.name()));
      case KeepClientsOut keep -> node.send(ManagementApiRequest.keepClientsOut());
      case LetClientsIn let -> node.sendIfThere(ManagementApiRequest.letClientsIn());
    }
  }

  /**
   * A new member receives its messages gradually and has no vote until it has all of them. While
   * another member lacks its vote, the remaining members may not hold all confirmed messages, and
   * RabbitMQ does not check this.
   */
  private static void removeMemberAt(ManagementApiNode asked, RemoveMember remove) {
    String members = asked.send(ManagementApiRequest.members(remove.queue()));
    StateJson.withoutVote(members).stream()
        .filter(node -> !node.equals(remove.node()))
        .findFirst()
        .ifPresent(
            node -> {
              throw new BrokerException(
                  Kind.REFUSED, "its member on " + node + " does not have all messages yet");
            });
    asked.send(ManagementApiRequest.removeMember(remove.queue(), remove.node()));
  }

  private static void unbindAt(ManagementApiNode node, Binding binding) {
    String between = node.sendIfThere(ManagementApiRequest.bindingsBetween(binding)).orElse("[]");
    DefinitionsJson.propertiesKey(between, binding)
        .ifPresent(key -> node.sendIfThere(ManagementApiRequest.unbind(binding, key)));
  }

  /**
   * Checks first. RabbitMQ also refuses to delete an exchange in use, but its error has no text
   * when the name is not in Latin letters.
   */
  private static void removeExchangeAt(ManagementApiNode node, String exchange) {
    String bindings = node.sendIfThere(ManagementApiRequest.bindingsFrom(exchange)).orElse("[]");
    if (!DefinitionsJson.isEmptyList(bindings)) {
      throw new BrokerException(Kind.IN_USE, "It has bindings that this resource did not declare");
    }
    node.sendIfThere(ManagementApiRequest.deleteExchange(exchange));
  }
}
