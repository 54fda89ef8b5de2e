package dev.warren.gateway.broker;

import dev.warren.gateway.broker.BrokerFailure.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A message and what becomes of it. Once that is known its body is let go. For any thread. */
final class Publication {

  private static final byte[] NOTHING = {};

  private final CompletableFuture<Void> outcome = new CompletableFuture<>();
  private volatile Message message;

  Publication(Message message, Duration timeout) {
    this.message = message;
    outcome.whenComplete((safe, failure) -> forgetBody());
    Deadlines.set(outcome, timeout);
  }

  /** Without its body, once its caller has been told. */
  Message message() {
    return message;
  }

  /** With its body; nothing once its caller has been told, for then nobody wants it sent. */
  Optional<Message> toSend() {
    // The other way round, it could be let go in between.
    Message whole = message;
    return isOver() ? Optional.empty() : Optional.of(whole);
  }

  /** What its caller waits for. */
  CompletableFuture<Void> outcome() {
    return outcome;
  }

  /** Whether its caller has been told, be it only that it took too long. */
  boolean isOver() {
    return outcome.isDone();
  }

  void confirmed() {
    outcome.complete(null);
  }

  void failed(Kind kind, String why) {
    failed(new BrokerFailure(kind, why));
  }

  void failed(BrokerFailure failure) {
    outcome.completeExceptionally(failure);
  }

  private void forgetBody() {
    message = new Message(message.exchange(), message.routingKey(), message.properties(), NOTHING);
  }
}
