package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.broker.BrokerFailure;
import dev.warren.gateway.broker.Message;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.dispatch.HttpDelivery.DeadLetterTarget;
import dev.warren.gateway.dispatch.Outcome.Delivered;
import dev.warren.gateway.dispatch.Outcome.Failure;
import dev.warren.gateway.dispatch.Outcome.NotSent;
import dev.warren.gateway.dispatch.Outcome.Permanent;
import dev.warren.gateway.dispatch.Outcome.Retriable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Delivers messages, each until it is settled: the receiver has it, or it is a dead letter. Any
 * number of threads may deliver at a time.
 */
final class MessageDelivery {
  private static final Logger LOG = Logger.getLogger(MessageDelivery.class);
  private static final Duration BETWEEN_COPIES = Duration.ofSeconds(1);
  private static final Duration UNTIL_IT_CAN_BE_SENT = Duration.ofSeconds(1);
  private static final Duration TO_CONFIRM = Duration.ofSeconds(10);

  /** What happens to a message in its queue. */
  enum Settlement {
    /** It is acknowledged. */
    ACKNOWLEDGE,
    /** The broker dead-letters it as the queue is configured. */
    REJECT,
    /** It stays unacknowledged: the broker delivers it again, perhaps to another consumer. */
    LEAVE
  }

  private final HttpDelivery delivery;
  private final EventFactory events;
  private final Receiver receiver;
  private final Backoff backoff;
  private final DeadLetter deadLetter;
  private final Publisher publisher;
  private final DeliveryMetrics metrics;
  private final LastAttempts lastAttempts;
  private final Clock clock;
  private final CountDownLatch stopping = new CountDownLatch(1);

  MessageDelivery(
      HttpDelivery delivery,
      EventFactory events,
      Receiver receiver,
      Backoff backoff,
      DeadLetter deadLetter,
      Publisher publisher,
      DeliveryMetrics metrics,
      LastAttempts lastAttempts,
      Clock clock) {
    this.delivery = delivery;
    this.events = events;
    this.receiver = receiver;
    this.backoff = backoff;
    this.deadLetter = deadLetter;
    this.publisher = publisher;
    this.metrics = metrics;
    this.lastAttempts = lastAttempts;
    this.clock = clock;
  }

  /** Lets running attempts end and starts no others; pauses end at once. */
  void stop() {
    stopping.countDown();
  }

  /**
   * Blocks until the outcome of the message is known.
   *
   * @param held whether the broker does not deliver the message to another consumer; asked before
   *     each further attempt, which would otherwise come after messages behind this one
   */
  Settlement deliver(QueuedMessage message, BooleanSupplier held) throws InterruptedException {
    try {
      return attempt(message, held);
    } catch (RuntimeException e) {
      LOG.errorf(
          e, "Message %s cannot be delivered because of a bug in the dispatcher", message.name());
      return giveUp(message, Failure.withoutAnswer("not delivered: " + e), 1, held);
    }
  }

  private Settlement attempt(QueuedMessage message, BooleanSupplier held)
      throws InterruptedException {
    Instant received = clock.instant();
    Optional<Instant> expiry = message.expiry(received);
    // Only once, because all attempts must have the same id.
    OutgoingEvent event = events.event(message, received);
    metrics.headersOmitted.increment(event.headers().omitted());
    boolean answerIsWanted = message.properties().getReplyTo() != null;
    int kept = answerIsWanted ? Receiver.MAX_ANSWER : Answer.EXCERPT;
    int attempt = 1;
    while (true) {
      switch (send(event, kept)) {
        case Delivered(Answer answer) -> {
          metrics.delivered.increment();
          reply(message, answer);
          return Settlement.ACKNOWLEDGE;
        }
        case Permanent(Failure failure) -> {
          return giveUp(message, failure, attempt, held);
        }
        case Retriable failed -> {
          Optional<Settlement> settled = pause(message, failed, attempt, expiry, held);
          if (settled.isPresent()) {
            return settled.get();
          }
          metrics.retried.increment();
          attempt++;
        }
        case NotSent(Failure failure) -> {
          Optional<Settlement> settled =
              pause(message, failure, attempt, UNTIL_IT_CAN_BE_SENT, expiry, held);
          if (settled.isPresent()) {
            return settled.get();
          }
        }
      }
    }
  }

  /** Waits until the next attempt. If there is none, the message is settled. */
  private Optional<Settlement> pause(
      QueuedMessage message,
      Retriable failed,
      int attempt,
      Optional<Instant> expiry,
      BooleanSupplier held)
      throws InterruptedException {
    Failure failure = failed.failure();
    if (attempt >= delivery.retry().maxAttempts()) {
      return Optional.of(giveUp(message, failure, attempt, held));
    }
    Duration delay = backoff.delay(attempt, failed.retryAfter());
    return pause(message, failure, attempt, delay, expiry, held);
  }

  private Optional<Settlement> pause(
      QueuedMessage message,
      Failure failure,
      int attempt,
      Duration delay,
      Optional<Instant> expiry,
      BooleanSupplier held)
      throws InterruptedException {
    if (expiry.filter(clock.instant().plus(delay)::isAfter).isPresent()) {
      return Optional.of(giveUp(message, failure.ofExpired(), attempt, held));
    }
    LOG.infof(
        "Message %s, attempt %d of %d: %s; retrying in %d ms",
        message.name(),
        attempt,
        delivery.retry().maxAttempts(),
        failure.reason(),
        delay.toMillis());
    return stoppedWithin(delay) || !held.getAsBoolean()
        ? Optional.of(Settlement.LEAVE)
        : Optional.empty();
  }

  private Outcome send(OutgoingEvent event, int kept) throws InterruptedException {
    long start = System.nanoTime();
    try {
      Outcome outcome = receiver.send(event, kept);
      lastAttempts.add(outcome, clock.instant());
      return outcome;
    } finally {
      metrics.attempts.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }
  }

  private Settlement giveUp(
      QueuedMessage message, Failure failure, int attempts, BooleanSupplier held)
      throws InterruptedException {
    Optional<DeadLetterTarget> target = delivery.deadLetterTarget();
    LOG.warnf(
        "Message %s is given up after %d attempts: %s", message.name(), attempts, failure.reason());
    if (target.isEmpty()) {
      metrics.rejected.increment();
      return Settlement.REJECT;
    }
    BasicProperties properties =
        deadLetter.properties(message.properties(), failure, attempts, clock.instant());
    return keep(message, properties, target.get(), held);
  }

  /** Retries until the broker has the copy: acknowledging earlier could lose the message. */
  private Settlement keep(
      QueuedMessage message,
      BasicProperties properties,
      DeadLetterTarget target,
      BooleanSupplier held)
      throws InterruptedException {
    do {
      try {
        publish(
            new Message(target.exchange(), target.routingKey(message), properties, message.body()));
        metrics.deadLettered.increment();
        return Settlement.ACKNOWLEDGE;
      } catch (BrokerFailure e) {
        LOG.warnf("Message %s is not dead-lettered yet: %s", message.name(), e.getMessage());
      }
    } while (!stoppedWithin(BETWEEN_COPIES) && held.getAsBoolean());
    return Settlement.LEAVE;
  }

  /** Sends the answer if one was asked for; only once, because the sender does not wait forever. */
  private void reply(QueuedMessage message, Answer answer) throws InterruptedException {
    String replyTo = message.properties().getReplyTo();
    if (replyTo == null) {
      return;
    }
    if (answer.tooLong()) {
      replyFailed(message, "it is longer than %d bytes".formatted(Receiver.MAX_ANSWER));
      return;
    }
    BasicProperties properties =
        new BasicProperties.Builder()
            .correlationId(message.properties().getCorrelationId())
            .contentType(answer.contentType().filter(Message::isShortString).orElse(null))
            .contentEncoding(answer.contentEncoding().filter(Message::isShortString).orElse(null))
            .build();
    try {
      publish(new Message("", replyTo, properties, answer.body()));
      metrics.replied.increment();
    } catch (BrokerFailure e) {
      replyFailed(message, e.getMessage());
    }
  }

  private void replyFailed(QueuedMessage message, String why) {
    metrics.replyFailed.increment();
    LOG.warnf("The answer to message %s was not sent: %s", message.name(), why);
  }

  /** Blocks until the broker has the message. */
  private void publish(Message message) throws BrokerFailure, InterruptedException {
    try {
      publisher.publish(message, TO_CONFIRM).get();
    } catch (ExecutionException e) {
      throw BrokerFailure.of(e.getCause());
    }
  }

  private boolean stoppedWithin(Duration delay) throws InterruptedException {
    return stopping.await(delay.toMillis(), TimeUnit.MILLISECONDS);
  }
}
