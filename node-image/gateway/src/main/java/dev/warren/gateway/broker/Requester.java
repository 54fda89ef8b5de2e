package dev.warren.gateway.broker;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.warren.gateway.broker.BrokerFailure.Kind;
import dev.warren.gateway.limits.Seldom;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jboss.logging.Logger;

/**
 * Sends requests to queues and matches the replies. All replies arrive in one queue of this
 * process, which is deleted with its connection. A request has a correlation id that cannot be
 * guessed and is never reused, so that a late reply matches no request and is dropped. Such replies
 * are counted, and logged once in a while. It may be called from any thread and never blocks.
 */
public final class Requester implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Requester.class);

  /** RabbitMQ's name for the type that an exclusive queue must have. */
  private static final Map<String, Object> CLASSIC = Map.of("x-queue-type", "classic");

  /** The lowest priority that a quorum queue takes for a high one. */
  private static final int FIRST = 5;

  private final Publisher publisher;
  private final BrokerConnection connection;
  private final ConcurrentMap<String, CompletableFuture<byte[]>> waiting =
      new ConcurrentHashMap<>();
  private final Unwanted uncorrelated;
  private final Unwanted late;
  private volatile String replyQueue;

  /**
   * Starts to connect at once, and reconnects whenever the connection ends.
   *
   * @param publisher sends the requests
   */
  public Requester(ConnectionFactory factory, Publisher publisher, MeterRegistry meters) {
    this.publisher = publisher;
    this.uncorrelated =
        new Unwanted(
            "uncorrelated",
            "without a correlation_id: consumers must copy it from the request to the reply",
            meters);
    this.late =
        new Unwanted(
            "late",
            "that nobody waits for: they came after the timeout, or have a wrong correlation_id",
            meters);
    this.connection = new BrokerConnection(factory, "replies", new User());
  }

  /** Whether replies can be received. */
  public boolean isConnected() {
    return replyQueue != null;
  }

  /**
   * Sends a request to a queue. The broker drops it if no consumer gets it in time.
   *
   * @param timeout how long to wait for the reply; at least one millisecond
   * @param first whether consumers should get it before other requests that wait. A quorum queue
   *     then delivers two of these for each other one; another queue may ignore it
   * @return the reply's body; fails with what {@link BrokerFailure#of} understands. Cancelling it
   *     ends the wait
   */
  public CompletableFuture<byte[]> request(
      String queue, byte[] body, Duration timeout, boolean first) {
    String replyTo = replyQueue;
    if (replyTo == null) {
      return CompletableFuture.failedFuture(noConnection());
    }
    String id = UUID.randomUUID().toString();
    CompletableFuture<byte[]> reply = new CompletableFuture<>();
    waiting.put(id, reply);
    reply.whenComplete((ignored, failure) -> waiting.remove(id));
    Deadlines.set(reply, timeout);
    BasicProperties properties =
        new BasicProperties.Builder()
            .messageId(id)
            .correlationId(id)
            .replyTo(replyTo)
            .expiration(Long.toString(timeout.toMillis()))
            .priority(first ? FIRST : null)
            .build();
    CompletableFuture<Void> published =
        publisher.publish(Message.toQueue(queue, properties, body), timeout);
    published.whenComplete(
        (safe, failure) -> {
          if (failure != null) {
            reply.completeExceptionally(failure);
          }
        });
    // Nobody needs its confirm any longer, and its body is released.
    reply.whenComplete((ignored, failure) -> published.cancel(false));
    if (!replyTo.equals(replyQueue)) {
      // The connection ended before `lost` could see this request.
      reply.completeExceptionally(noConnection());
    }
    return reply;
  }

  @Override
  public void close() {
    connection.close();
  }

  private static BrokerFailure noConnection() {
    return new BrokerFailure(
        Kind.UNAVAILABLE, "there is no connection to the broker for the reply");
  }

  private final class User implements BrokerConnection.User {

    @Override
    public void opened(Connection connection) throws IOException {
      Channel channel =
          connection.openChannel().orElseThrow(() -> new IOException("no channel is left"));
      String queue = channel.queueDeclare("", false, true, true, CLASSIC).getQueue();
      channel.basicConsume(queue, true, new Replies(channel));
      replyQueue = queue;
    }

    @Override
    public void lost() {
      replyQueue = null;
      waiting.values().forEach(reply -> reply.completeExceptionally(noConnection()));
    }
  }

  /** Replies that reach no client. */
  private static final class Unwanted {

    private final Counter counter;
    private final Seldom lines = new Seldom();
    private final String text;

    Unwanted(String reason, String text, MeterRegistry meters) {
      this.text = text;
      this.counter =
          Counter.builder("warren.gateway.replies.dropped")
              .description("Replies that reached no client, by reason")
              .tag("reason", reason)
              .register(meters);
    }

    void count(String id) {
      counter.increment();
      long howMany = lines.count();
      if (howMany > 0) {
        LOG.warnf("%d replies %s (correlation_id of the last one: %s)", howMany, text, id);
      }
    }
  }

  private final class Replies extends DefaultConsumer {

    Replies(Channel channel) {
      super(channel);
    }

    @Override
    public void handleDelivery(
        String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
      String id = properties.getCorrelationId();
      CompletableFuture<byte[]> reply = id == null ? null : waiting.get(id);
      if (reply != null) {
        reply.complete(body);
      } else {
        (id == null ? uncorrelated : late).count(id);
      }
    }

    /** Somebody deleted the queue. */
    @Override
    public void handleCancel(String consumerTag) {
      connection.cut();
    }
  }
}
