package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Publishes and waits until the broker has the message. Connects when there is something to
 * publish, and again after the connection is lost. Any number of threads may publish at a time,
 * each on a channel of its own: so a confirm or a return is always that of its only message.
 */
final class BrokerPublisher implements AutoCloseable {
  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(10);

  private final ConnectionFactory factory;
  private final String name;
  private final Deque<ConfirmingChannel> idle = new ConcurrentLinkedDeque<>();
  private final Lock connecting = new ReentrantLock();
  private volatile Connection connection;

  /**
   * @param name of the connection, for whoever looks at the broker's list of them
   */
  BrokerPublisher(ConnectionFactory factory, String name) {
    this.factory = factory;
    this.name = name;
  }

  /**
   * Publishes one message. After an exception the broker may have it or not.
   *
   * @param mandatory whether some queue must take it
   * @throws IOException when it was refused, or taken by no queue although it must, or not
   *     confirmed within ten seconds, or when there is no connection
   */
  void publish(
      String exchange,
      String routingKey,
      BasicProperties properties,
      byte[] body,
      boolean mandatory)
      throws IOException, InterruptedException {
    ConfirmingChannel channel = channel();
    try {
      channel.publish(exchange, routingKey, properties, body, mandatory);
      idle.push(channel);
    } catch (IOException | TimeoutException | ShutdownSignalException | InterruptedException e) {
      channel.abort();
      if (e instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw e instanceof IOException io ? io : new IOException(e);
    }
  }

  private ConfirmingChannel channel() throws IOException {
    ConfirmingChannel channel;
    while ((channel = idle.poll()) != null) {
      if (channel.isOpen()) {
        return channel;
      }
    }
    try {
      return new ConfirmingChannel(connection().createChannel());
    } catch (TimeoutException | ShutdownSignalException e) {
      throw new IOException(e);
    }
  }

  private Connection connection() throws IOException, TimeoutException {
    connecting.lock();
    try {
      if (connection == null || !connection.isOpen()) {
        connection = factory.newConnection(name);
      }
      return connection;
    } finally {
      connecting.unlock();
    }
  }

  @Override
  public void close() {
    Connection last = connection;
    if (last != null) {
      last.abort((int) CONFIRM_TIMEOUT.toMillis());
    }
  }

  /** A channel that publishes one message at a time. */
  private static final class ConfirmingChannel {
    private final Channel channel;
    private final AtomicBoolean returned = new AtomicBoolean();

    ConfirmingChannel(Channel channel) throws IOException {
      this.channel = channel;
      channel.addReturnListener(unroutable -> returned.set(true));
      channel.confirmSelect();
    }

    void publish(
        String exchange,
        String routingKey,
        BasicProperties properties,
        byte[] body,
        boolean mandatory)
        throws IOException, TimeoutException, InterruptedException {
      returned.set(false);
      channel.basicPublish(exchange, routingKey, mandatory, properties, body);
      // The broker returns a message before it confirms it.
      boolean confirmed = channel.waitForConfirms(CONFIRM_TIMEOUT.toMillis());
      if (!confirmed) {
        throw new IOException("the broker refused the message");
      }
      if (returned.get()) {
        throw new IOException(
            "no queue takes messages of exchange '%s' with routing key '%s'"
                .formatted(exchange, routingKey));
      }
    }

    boolean isOpen() {
      return channel.isOpen();
    }

    void abort() {
      try {
        channel.abort();
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }
}
