package dev.warren.operator.reconcile;

import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.plan.BrokerAction.Bind;
import dev.warren.operator.plan.BrokerAction.DeclareQueue;
import dev.warren.operator.plan.BrokerAction.DisconnectClients;
import dev.warren.operator.plan.BrokerAction.EndMove;
import dev.warren.operator.plan.BrokerAction.KeepClientsOut;
import dev.warren.operator.plan.BrokerAction.LetClientsIn;
import dev.warren.operator.plan.BrokerAction.MakeAnew;
import dev.warren.operator.plan.BrokerAction.PutPolicy;
import dev.warren.operator.plan.BrokerAction.RemoveQueue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToLongFunction;

/**
 * Makes a queue anew while no client can publish. Whatever ends it half-way, clients are let in
 * again: here, or by the next pass.
 */
final class QueueRenewal {

  private static final Duration TO_EMPTY = Duration.ofSeconds(20);

  private final BrokerClient broker;
  private final ToLongFunction<String> messages;
  private final Clock clock;

  /**
   * @param messages counts what a queue has now, ready and unacknowledged, not some seconds ago
   */
  QueueRenewal(BrokerClient broker, ToLongFunction<String> messages, Clock clock) {
    this.broker = broker;
    this.messages = messages;
    this.clock = clock;
  }

  /**
   * Carries it out.
   *
   * @throws BrokerException when it is not done
   */
  void carryOut(MakeAnew make) {
    String queue = make.queue().name();
    try {
      broker.apply(new KeepClientsOut());
      broker.apply(new DisconnectClients());
      // What the move has taken and not yet confirmed counts too: with none, nothing comes back.
      awaitEmpty(queue);
      broker.apply(new EndMove(make.move()));
      broker.apply(new RemoveQueue(queue, false));
      make.policy().map(PutPolicy::new).ifPresent(broker::apply);
      broker.apply(new DeclareQueue(make.queue()));
      for (Binding binding : make.bindings()) {
        broker.apply(new Bind(binding));
      }
    } finally {
      broker.apply(new LetClientsIn());
    }
  }

  private void awaitEmpty(String queue) {
    Instant end = clock.instant().plus(TO_EMPTY);
    while (messages.applyAsLong(queue) > 0) {
      if (clock.instant().isAfter(end)) {
        throw new BrokerException(
            Kind.REFUSED, "it did not become empty within %d s".formatted(TO_EMPTY.toSeconds()));
      }
    }
  }
}
