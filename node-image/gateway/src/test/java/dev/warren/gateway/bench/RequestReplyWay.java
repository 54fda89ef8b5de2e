package dev.warren.gateway.bench;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/** Bare AMQP request/reply with the Java client: one channel, RabbitMQ's direct reply-to. */
final class RequestReplyWay implements Way {

  private static final String REPLIES = "amq.rabbitmq.reply-to";

  private final String queue;
  private final byte[] body;
  private final Connection connection;
  private final Channel channel;
  private final Map<String, Promise<Void>> waiting = new ConcurrentHashMap<>();
  private long next;

  RequestReplyWay(ConnectionFactory factory, String queue, byte[] body)
      throws IOException, TimeoutException {
    this.queue = queue;
    this.body = body;
    this.connection = factory.newConnection("bench-request-reply");
    this.channel = connection.createChannel();
    channel.basicConsume(
        REPLIES,
        true,
        (tag, reply) -> waiting.remove(reply.getProperties().getCorrelationId()).complete(),
        tag -> {});
  }

  @Override
  public Future<?> open(int concurrency) {
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<?> once(int number) {
    String id = String.valueOf(next++);
    Promise<Void> replied = Promise.promise();
    waiting.put(id, replied);
    BasicProperties properties =
        new BasicProperties.Builder().replyTo(REPLIES).correlationId(id).deliveryMode(2).build();
    try {
      channel.basicPublish("", queue, true, properties, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return replied.future();
  }

  @Override
  public void close() {
    connection.abort();
  }
}
