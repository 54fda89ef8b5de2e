package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import dev.warren.gateway.dispatch.MessageDelivery.Settlement;
import io.smallrye.mutiny.Multi;
import io.smallrye.reactive.messaging.rabbitmq.IncomingRabbitMQMessage;
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
  private final Runnable whenEnded;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Subscription subscription;
  private volatile boolean ended;

  /**
   * @param atATime how many messages are taken before the first of them is settled
   * @param whenEnded runs when no more messages will arrive although nobody stopped this
   */
  Dispatcher(
      ConsumerChannel channel,
      MessageDelivery delivery,
      DeliveryMetrics metrics,
      int atATime,
      Runnable whenEnded) {
    this.channel = channel;
    this.delivery = delivery;
    this.metrics = metrics;
    this.atATime = atATime;
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
    if (subscription != null) {
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
    LOG.errorf("The broker no longer delivers messages: %s", failure);
    end();
  }

  @Override
  public void onComplete() {
    LOG.error("The broker no longer delivers messages");
    end();
  }

  private void end() {
    if (!ended) {
      whenEnded.run();
    }
  }

  private void deliver(Message<byte[]> message, Channel cameBy) {
    metrics.inFlight.incrementAndGet();
    try {
      settle(message, cameBy, delivery.deliver(queued(message)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      metrics.inFlight.decrementAndGet();
      subscription.request(1);
    }
  }

  private void settle(Message<byte[]> message, Channel cameBy, Settlement settlement) {
    if (cameBy == null || cameBy != channel.current()) {
      LOG.info("A channel was lost during a delivery; the broker delivers its message again");
      return;
    }
    switch (settlement) {
      case ACKNOWLEDGE -> message.ack();
      case REJECT -> message.nack(new RejectedException());
      case LEAVE -> {}
    }
  }

  private static QueuedMessage queued(Message<byte[]> message) {
    var delivered = message.unwrap(IncomingRabbitMQMessage.class).message;
    return new QueuedMessage(
        delivered.envelope().getRoutingKey(),
        delivered.envelope().isRedeliver(),
        (BasicProperties) delivered.properties(),
        delivered.body().getBytes());
  }

  /** Tells the connector that a message is rejected; the reason has been logged by then. */
  private static final class RejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    RejectedException() {
      super("not delivered", null, false, false);
    }
  }
}
