package dev.warren.operator.action;

import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One broker action of every kind. */
public final class BrokerActions {

  private static final Queue QUEUE = new Queue("q", "quorum", Map.of());
  private static final Binding BINDING = new Binding("e", "q", "key", Map.of());

  private BrokerActions() {}

  /** One of every kind. */
  public static List<BrokerAction> all() {
    return List.of(
        new BrokerAction.PutUser("app", "secret"),
        new BrokerAction.PutRecord(OwnershipRecord.NOTHING),
        new BrokerAction.PutPolicy(new Policy("p", "^q$", "queues", 0, Map.of())),
        new BrokerAction.DeclareExchange(new Exchange("e", "topic", Map.of())),
        new BrokerAction.DeclareQueue(QUEUE),
        new BrokerAction.Bind(BINDING),
        new BrokerAction.Unbind(BINDING),
        new BrokerAction.RemoveQueue("q", true),
        new BrokerAction.RemovePolicy("p"),
        new BrokerAction.RemoveExchange("e"),
        new BrokerAction.AddMember("q", "rabbit@a"),
        new BrokerAction.AddStreamMember("s", "rabbit@a"),
        new BrokerAction.BalanceLeaders(),
        new BrokerAction.StopNode("rabbit@a"),
        new BrokerAction.ForgetNode("rabbit@a"),
        new BrokerAction.StartMove("m", new Move("q", "r")),
        new BrokerAction.EndMove("m"),
        new BrokerAction.RecreateQueue(
            QUEUE, Optional.empty(), Set.of(), new BrokerAction.StartMove("m", new Move("q", "r"))),
        new BrokerAction.KeepClientsOut(),
        new BrokerAction.DisconnectClients(),
        new BrokerAction.LetClientsIn(),
        new BrokerAction.SetPlugins("rabbit@a", Set.of("rabbitmq_shovel")),
        new BrokerAction.RemoveMember("q", "rabbit@a"),
        new BrokerAction.RemoveStreamMember("s", "rabbit@a"),
        new BrokerAction.FreeFeatureFlags("rabbit@a"),
        new BrokerAction.RestoreAccount("warren-admin", "secret"),
        new BrokerAction.FinishDeletions(Set.of("q")));
  }

  /** One of every destructive kind. */
  public static List<BrokerAction> destructive() {
    return all().stream().filter(BrokerAction::isDestructive).toList();
  }

  /** All records below a sealed interface. */
  static Stream<Class<?>> kinds(Class<?> sealed) {
    return sealed.isRecord()
        ? Stream.of(sealed)
        : Stream.of(sealed.getPermittedSubclasses()).flatMap(BrokerActions::kinds);
  }
}
