package dev.warren.gateway.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.gateway.broker.BrokerFailure.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The channel for one exchange, in confirm mode.
 *
 * <p>If the broker does not allow a message, it closes the channel and does not say which message
 * it was. So each exchange has its own channel, and on a new one each message waits until the
 * previous one is settled; only after a first confirm are they sent without waiting. A channel that
 * is closed with one message in flight was closed because of it.
 *
 * <p>One thread sends the messages; the broker's answers arrive in another.
 */
final class ConfirmChannel {

  /** A refusal costs the broker and all other messages more than an accepted message. */
  private static final Duration REFUSAL_HOLDS = Duration.ofSeconds(1);

  private final Channel channel;
  private final Executor publishing;
  private final Consumer<Publication> sendAgain;

  /** What was sent and is not settled, by the channel's numbers. */
  private final ConcurrentNavigableMap<Long, Publication> unconfirmed =
      new ConcurrentSkipListMap<>();

  /** Sent when the previous one is settled. Used by the publishing thread only. */
  private final Deque<Publication> waiting = new ArrayDeque<>();

  private volatile boolean somebodyWaits;
  private volatile boolean proven;
  private volatile long endedAt;
  private volatile BrokerFailure refusal;

  /**
   * Opens it.
   *
   * @param publishing the thread that calls everything here
   * @param sendAgain takes the messages that this channel could not send before it was closed
   */
  ConfirmChannel(Connection connection, Executor publishing, Consumer<Publication> sendAgain)
      throws IOException {
    this.publishing = publishing;
    this.sendAgain = sendAgain;
    channel = connection.openChannel().orElseThrow(() -> new IOException("no channel is left"));
    channel.addReturnListener(this::returned);
    channel.addConfirmListener(
        (number, multiple) -> settle(number, multiple, Publication::confirmed),
        (number, multiple) -> settle(number, multiple, ConfirmChannel::notKept));
    channel.addShutdownListener(this::ended);
    channel.confirmSelect();
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** Why the broker accepts nothing for this exchange, if it has said so recently. */
  Optional<BrokerFailure> refusal() {
    boolean fresh = System.nanoTime() - endedAt < REFUSAL_HOLDS.toNanos();
    return fresh ? Optional.ofNullable(refusal) : Optional.empty();
  }

  void send(Publication publication) {
    waiting.add(publication);
    somebodyWaits = true;
    sendWaiting();
  }

  private void sendWaiting() {
    while (!waiting.isEmpty() && (proven || unconfirmed.isEmpty() || !isOpen())) {
      Publication next = waiting.poll();
      somebodyWaits = !waiting.isEmpty();
      if (!isOpen()) {
        sendAgain.accept(next);
      } else {
        next.toSend().ifPresent(message -> sendNow(next, message));
      }
    }
  }

  private void sendNow(Publication publication, Message message) {
    long number = channel.getNextPublishSeqNo();
    unconfirmed.put(number, publication);
    publication.outcome().whenComplete((safe, failure) -> settled(number));
    try {
      channel.basicPublish(
          message.exchange(), message.routingKey(), true, message.properties(), message.body());
    } catch (AlreadyClosedException e) {
      // It was not sent. If it is no longer there, `ended` has found it and told its caller.
      if (unconfirmed.remove(number) != null) {
        sendAgain.accept(publication);
      }
    } catch (IOException e) {
      publication.failed(Kind.UNAVAILABLE, "the connection to the broker ended");
      abort();
    } catch (IllegalArgumentException e) {
      publication.failed(Kind.REFUSED, "it cannot be sent as an AMQP message: " + e.getMessage());
      abort();
    }
  }

  /**
   * A message that was not sent has used a number. From now on, each confirm would be attributed to
   * the previous message.
   */
  private void abort() {
    try {
      channel.abort();
    } catch (IOException e) {
      // The channel is closed either way.
    }
  }

  private void settled(long number) {
    unconfirmed.remove(number);
    if (somebodyWaits) {
      publishing.execute(this::sendWaiting);
    }
  }

  private void settle(long number, boolean multiple, Consumer<Publication> how) {
    proven = true;
    NavigableMap<Long, Publication> told =
        multiple
            ? unconfirmed.headMap(number, true)
            : unconfirmed.subMap(number, true, number, true);
    told.values().forEach(how);
  }

  private static void notKept(Publication publication) {
    publication.failed(Kind.NOT_KEPT, "a queue could not keep the message");
  }

  /**
   * A return comes before the confirm of the same message, without the message's number. If several
   * messages look alike, it does not show which one it is about: each of them may be in a queue or
   * not.
   */
  private void returned(Return unroutable) {
    List<Publication> alike =
        unconfirmed.values().stream()
            .filter(publication -> isLike(unroutable, publication.message()))
            .toList();
    if (alike.size() == 1) {
      alike.getFirst().failed(Kind.UNROUTABLE, "no queue takes the message");
    } else {
      alike.forEach(
          publication ->
              publication.failed(
                  Kind.UNAVAILABLE,
                  "no queue takes this message or another one with the same id that is in flight"));
    }
  }

  private static boolean isLike(Return unroutable, Message message) {
    return message.routingKey().equals(unroutable.getRoutingKey())
        && Objects.equals(
            message.properties().getMessageId(), unroutable.getProperties().getMessageId());
  }

  private void ended(ShutdownSignalException cause) {
    List<Publication> underWay = List.copyOf(unconfirmed.values());
    if (!cause.isHardError()
        && !cause.isInitiatedByApplication()
        && cause.getReason() instanceof AMQP.Channel.Close close) {
      BrokerFailure failure = new BrokerFailure(kindOf(close.getReplyCode()), close.getReplyText());
      if (isForAllOfTheExchange(close)) {
        endedAt = System.nanoTime();
        refusal = failure;
      }
      if (underWay.size() == 1) {
        underWay.getFirst().failed(failure);
      }
    }
    underWay.forEach(
        publication ->
            publication.failed(
                Kind.UNAVAILABLE, "the channel was closed before the message was confirmed"));
  }

  /** Permissions may also depend on the routing key; then the broker's text mentions a topic. */
  private static boolean isForAllOfTheExchange(AMQP.Channel.Close close) {
    return switch (close.getReplyCode()) {
      case AMQP.NOT_FOUND -> true;
      case AMQP.ACCESS_REFUSED -> close.getReplyText().contains("access to exchange");
      default -> false;
    };
  }

  private static Kind kindOf(int replyCode) {
    return switch (replyCode) {
      case AMQP.NOT_FOUND -> Kind.NOT_FOUND;
      case AMQP.ACCESS_REFUSED -> Kind.NOT_ALLOWED;
      default -> Kind.REFUSED;
    };
  }
}
