package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import dev.warren.gateway.dispatch.MessageDelivery.Settlement;
import io.smallrye.mutiny.Multi;
import io.smallrye.reactive.messaging.rabbitmq.IncomingRabbitMQMessage;
import io.vertx.rabbitmq.RabbitMQMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Takes messages from a queue, a bounded number at a time, and settles each when its outcome is
 * known. The broker redelivers a message that is not settled when this ends.
 */
final class Dispatcher implements Subscriber<Message<byte[]>> {
  private static final Logger LOG = Logger.getLogger(Dispatcher.class);

  private final ConsumerChannel channel;
  private final MessageDelivery delivery;
  private final DeliveryMetrics metrics;
  private final int atATime;
  private final boolean ordered;
  private final Runnable whenEnded;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Subscription subscription;
  private volatile boolean ended;

  /**
   * @param atATime how many messages are taken before the first of them is settled
   * @param ordered whether no other consumer may get a message while one is being delivered here
   * @param whenEnded runs when no more messages will arrive although nobody stopped this
   */
  Dispatcher(
      ConsumerChannel channel,
      MessageDelivery delivery,
      DeliveryMetrics metrics,
      int atATime,
      boolean ordered,
      Runnable whenEnded) {
    this.channel = channel;
    this.delivery = delivery;
    this.metrics = metrics;
    this.atATime = atATime;
    this.ordered = ordered;
    this.whenEnded = whenEnded;
  }

  void start(Multi<Message<byte[]>> messages) {
    messages.subscribe().withSubscriber(this);
  }

  /**
   * Takes no more messages, lets running attempts end, and leaves the rest to the broker.
   *
   * @param patience how long to wait for them
   */
  void stop(Duration patience) {
    ended = true;
    // Of a queue with a single active consumer, the next one starts as soon as this one ends.
    if (!ordered && subscription != null) {
      subscription.cancel();
    }
    delivery.stop();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warnf("%d messages were still being delivered", metrics.inFlight.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
    if (ordered) {
      channel.leave();
    }
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
    subscription.request(atATime);
  }

  @Override
  public void onNext(Message<byte[]> message) {
    Channel cameBy = channel.current();
    try {
      threads.execute(() -> deliver(message, cameBy));
    } catch (RejectedExecutionException e) {
      LOG.debug("A message arrived after the stop; the broker delivers it again", e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end(failure.toString());
  }

  @Override
  public void onComplete() {
    end("the consumer has ended");
  }

  private void end(String why) {
    if (!ended) {
      LOG.errorf("The broker no longer delivers messages: %s", why);
      whenEnded.run();
    }
  }

  private void deliver(Message<byte[]> message, Channel cameBy) {
    metrics.inFlight.incrementAndGet();
    try {
      Settlement settlement = delivery.deliver(queued(message), () -> isHeld(cameBy));
      settle(message, cameBy, settlement);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      metrics.inFlight.decrementAndGet();
      subscription.request(1);
    }
  }

  /** Whether the broker still counts on this to settle what came by that channel. */
  private boolean isHeld(Channel cameBy) {
    return cameBy != null && cameBy == channel.current();
  }

  /**
   * On the channel itself, because the connector would do it later: a stop must not overtake it.
   */
  private void settle(Message<byte[]> message, Channel cameBy, Settlement settlement) {
    if (!isHeld(cameBy)) {
      LOG.info("A channel was lost during a delivery; the broker delivers its message again");
      return;
    }
    long tag = delivered(message).envelope().getDeliveryTag();
    try {
      switch (settlement) {
        case ACKNOWLEDGE -> cameBy.basicAck(tag, false);
        case REJECT -> cameBy.basicReject(tag, false);
        case LEAVE -> {}
      }
    } catch (IOException | AlreadyClosedException e) {
      LOG.infof("A message could not be settled; the broker delivers it again: %s", e);
    }
  }

  private static RabbitMQMessage delivered(Message<byte[]> message) {
    return message.unwrap(IncomingRabbitMQMessage.class).message;
  }

  private static QueuedMessage queued(Message<byte[]> message) {
    RabbitMQMessage delivered = delivered(message);
    return new QueuedMessage(
        delivered.envelope().getRoutingKey(),
        delivered.envelope().isRedeliver(),
        (BasicProperties) delivered.properties(),
        delivered.body().getBytes());
  }
}
