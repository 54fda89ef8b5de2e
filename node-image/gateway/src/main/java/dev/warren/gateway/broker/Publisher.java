package dev.warren.gateway.broker;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.gateway.broker.BrokerFailure.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Publishes messages and reports when the broker has confirmed them. It may be called from any
 * thread and never blocks: one thread sends everything, over one connection, without waiting for
 * confirms in between. Messages that are unconfirmed when the connection ends fail; the caller
 * decides whether to send them again.
 */
public final class Publisher implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Publisher.class);

  /** How many messages may wait to be sent, including those whose callers no longer wait. */
  private static final int MOST_WAITING = 20_000;

  /** Each of them is checked for each message. */
  private static final int MOST_AWAIT_ARRIVALS = 20;

  /** A broker that accepts nothing for this long may never do so; other nodes may be better. */
  private static final Duration LONGEST_STALL = Duration.ofSeconds(20);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final ThreadPoolExecutor publishing =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("publish").daemon().factory());
  private final ScheduledExecutorService watching =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("publish-watch").daemon().factory());
  private final BrokerConnection connection;
  private final Duration longestStall;
  private final Arrivals arrivals = new Arrivals();

  private volatile Connection current;
  private volatile String alarm;
  private volatile long sendingSince;

  /** By exchange. Used by the publishing thread only. */
  private final Map<String, ConfirmChannel> channels = new HashMap<>();

  /**
   * Starts to connect at once, and reconnects whenever the connection ends, or accepts nothing for
   * 20 s.
   *
   * @param name the connection's name in the broker's lists
   */
  public Publisher(ConnectionFactory factory, String name) {
    this(factory, name, LONGEST_STALL);
  }

  Publisher(ConnectionFactory factory, String name, Duration longestStall) {
    this.longestStall = longestStall;
    connection = new BrokerConnection(factory, name, new User());
    watching.scheduleWithFixedDelay(
        this::replaceStalledConnection,
        BETWEEN_LOOKS.toMillis(),
        BETWEEN_LOOKS.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Whether there is a connection. */
  public boolean isConnected() {
    return current != null;
  }

  /**
   * Publishes a message.
   *
   * @param timeout at least one millisecond
   * @return completes when the broker has confirmed the message, which for a quorum queue means
   *     that a majority has it on disk; fails with what {@link BrokerFailure#of} understands, at
   *     the latest after the timeout
   */
  public CompletableFuture<Void> publish(Message message, Duration timeout) {
    if (current == null) {
      return refused(Kind.UNAVAILABLE, "there is no connection to the broker");
    }
    if (alarm != null) {
      return refused(Kind.UNAVAILABLE, "the broker accepts no messages now: " + alarm);
    }
    if (publishing.getQueue().size() >= MOST_WAITING) {
      return refused(Kind.OVERLOADED, "too many messages wait to be sent");
    }
    Publication publication = new Publication(message, timeout);
    if (message.exchange().isEmpty()) {
      String queue = message.routingKey();
      publication.outcome().thenRun(() -> arrivals.arrived(queue));
    }
    try {
      executeTimed(() -> send(publication));
    } catch (RejectedExecutionException e) {
      publication.failed(Kind.UNAVAILABLE, "the gateway is stopping");
    }
    return publication.outcome();
  }

  /**
   * Waits until one of these queues gets a message that is published to it by its name. Messages
   * that arrive through other exchanges are not noticed.
   *
   * @return completes with the queue's name when its message is confirmed; fails at once when too
   *     many wait. Completing or cancelling it ends the wait
   */
  public CompletableFuture<String> firstArrival(Set<String> queues) {
    return arrivals.waiting() < MOST_AWAIT_ARRIVALS
        ? arrivals.first(queues)
        : CompletableFuture.failedFuture(
            new BrokerFailure(Kind.OVERLOADED, "too many requests wait for messages"));
  }

  @Override
  public void close() {
    watching.shutdown();
    connection.close();
    publishing.shutdown();
  }

  /** A send blocks until the operating system gives up on the other end, which takes minutes. */
  private void replaceStalledConnection() {
    long since = sendingSince;
    if (since != 0 && alarm == null && System.nanoTime() - since > longestStall.toNanos()) {
      LOG.warnf("The broker has accepted nothing for %d s: reconnecting", longestStall.toSeconds());
      connection.cut();
    }
  }

  private static CompletableFuture<Void> refused(Kind kind, String why) {
    return CompletableFuture.failedFuture(new BrokerFailure(kind, why));
  }

  private void send(Publication publication) {
    if (publication.isOver()) {
      return;
    }
    Connection open = current;
    if (open == null) {
      publication.failed(Kind.UNAVAILABLE, "there is no connection to the broker");
      return;
    }
    String exchange = publication.message().exchange();
    Optional<BrokerFailure> refusal =
        Optional.ofNullable(channels.get(exchange)).flatMap(ConfirmChannel::refusal);
    if (refusal.isPresent()) {
      publication.failed(refusal.get());
      return;
    }
    try {
      channelFor(exchange, open).send(publication);
    } catch (IOException | ShutdownSignalException e) {
      publication.failed(Kind.UNAVAILABLE, "no channel to the broker can be opened");
    }
  }

  private void executeTimed(Runnable sending) {
    publishing.execute(() -> timed(sending));
  }

  private void timed(Runnable sending) {
    sendingSince = System.nanoTime();
    try {
      sending.run();
    } finally {
      sendingSince = 0;
    }
  }

  /** A channel of an earlier connection is closed, so an open one belongs to this connection. */
  private ConfirmChannel channelFor(String exchange, Connection open) throws IOException {
    ConfirmChannel channel = channels.get(exchange);
    if (channel == null || !channel.isOpen()) {
      channel = new ConfirmChannel(open, this::executeTimed, this::send);
      channels.put(exchange, channel);
    }
    return channel;
  }

  private final class User implements BrokerConnection.User {

    @Override
    public void opened(Connection connection) {
      alarm = null;
      connection.addBlockedListener(
          new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
              LOG.warnf("The broker blocks publishers: %s", reason);
              alarm = reason;
            }

            @Override
            public void handleUnblocked() {
              LOG.info("The broker accepts messages again");
              alarm = null;
            }
          });
      current = connection;
    }

    @Override
    public void lost() {
      current = null;
    }
  }
}
