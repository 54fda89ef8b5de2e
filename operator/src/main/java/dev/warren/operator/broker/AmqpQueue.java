package dev.warren.operator.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.Ports;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * A queue as AMQP tells it: at this moment. The management API's counts are up to 5 s old, and may
 * say zero when a message has just been confirmed.
 *
 * @param empty whether no message waits for a consumer
 * @param consumers how many consume it
 */
record AmqpQueue(boolean empty, long consumers) {

  private static final int CONNECT_MILLIS = 2000;
  private static final int ANSWER_MILLIS = 3000;

  /**
   * Asks a node; empty when it does not know of the queue, or the queue does not run.
   *
   * @param host the node's address
   * @throws BrokerException when it does not answer
   */
  static Optional<AmqpQueue> read(String host, String username, String password, String queue) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(host);
    factory.setPort(Ports.AMQP);
    factory.setUsername(username);
    factory.setPassword(password);
    factory.setVirtualHost(BrokerDefinitions.VHOST);
    factory.setConnectionTimeout(CONNECT_MILLIS);
    factory.setHandshakeTimeout(ANSWER_MILLIS);
    factory.setChannelRpcTimeout(ANSWER_MILLIS);
    factory.setShutdownTimeout(ANSWER_MILLIS);
    factory.setAutomaticRecoveryEnabled(false);
    try (Connection connection = factory.newConnection("warren-operator")) {
      return read(connection, queue);
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      throw new BrokerException(
          Kind.UNAVAILABLE, host + ":" + Ports.AMQP + " did not answer over AMQP", e);
    }
  }

  private static Optional<AmqpQueue> read(Connection connection, String queue) throws IOException {
    try {
      DeclareOk answer = connection.createChannel().queueDeclarePassive(queue);
      // Zero is also what RabbitMQ says of a quorum queue whose leader does not answer in 250 ms.
      boolean empty = answer.getMessageCount() == 0 && isEmpty(connection, queue);
      return Optional.of(new AmqpQueue(empty, answer.getConsumerCount()));
    } catch (IOException e) {
      if (isClosedFor(AMQP.NOT_FOUND, e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** A message that is got is given back by nack, which does not count as a delivery. */
  private static boolean isEmpty(Connection connection, String queue) throws IOException {
    Channel channel = connection.createChannel();
    try {
      GetResponse message = channel.basicGet(queue, false);
      if (message == null) {
        return true;
      }
      channel.basicNack(message.getEnvelope().getDeliveryTag(), false, true);
      return false;
    } catch (IOException e) {
      // Nothing can be got from a queue with a single active consumer.
      if (isClosedFor(AMQP.RESOURCE_LOCKED, e)) {
        return true;
      }
      throw e;
    }
  }

  private static boolean isClosedFor(int code, IOException e) {
    return e.getCause() instanceof ShutdownSignalException signal
        && signal.getReason() instanceof AMQP.Channel.Close close
        && close.getReplyCode() == code;
  }
}
