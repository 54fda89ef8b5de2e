package dev.warren.gateway.broker;

import dev.warren.gateway.broker.BrokerFailure.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A message and its outcome. Once that is known, its body is released. For any thread. */
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

  /** With its body; empty once its caller has been told, because then it need not be sent. */
  Optional<Message> toSend() {
    // In the other order, it could be released in between.
    Message whole = message;
    return isOver() ? Optional.empty() : Optional.of(whole);
  }

  /** The future that its caller waits for. */
  CompletableFuture<Void> outcome() {
    return outcome;
  }

  /** Whether its caller has been told the outcome, even if only a timeout. */
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
