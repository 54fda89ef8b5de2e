package dev.warren.gateway.dispatch;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Waits until a queue can be consumed, because the connector gives up permanently if its first
 * attempt fails.
 */
final class AwaitedQueue {
  private static final Logger LOG = Logger.getLogger(AwaitedQueue.class);

  private final ConnectionFactory factory;
  private final String queue;
  private final CountDownLatch given = new CountDownLatch(1);

  AwaitedQueue(ConnectionFactory factory, String queue) {
    this.factory = factory;
    this.queue = queue;
  }

  /** Checks every second, in its own thread, and runs the action when the queue exists. */
  void whenThere(Runnable action) {
    Thread.ofVirtual().name("awaits " + queue).start(() -> await(action));
  }

  /** Stops checking. */
  void giveUp() {
    given.countDown();
  }

  private void await(Runnable action) {
    try {
      do {
        if (isThere()) {
          action.run();
          return;
        }
      } while (!given.await(1, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isThere() {
    try (Connection connection = factory.newConnection("awaits " + queue)) {
      Channel channel = connection.createChannel();
      channel.queueDeclarePassive(queue);
      return true;
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      LOG.infof("Waiting for queue %s: %s", queue, e.getCause() == null ? e : e.getCause());
      return false;
    }
  }
}
