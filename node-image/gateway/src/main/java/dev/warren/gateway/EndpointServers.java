package dev.warren.gateway;

import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.broker.Requester;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.http.PublishServer;
import dev.warren.gateway.tcp.RequestReplyServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The listening servers, which are reconciled with the configuration repeatedly. One thread at a
 * time changes them; any thread may query them.
 */
final class EndpointServers implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(EndpointServers.class);

  /**
   * A quarter of the heap is for messages, each of which is in memory about twice, and a quarter
   * for the connections of clients.
   */
  private static final long QUARTER_OF_HEAP = Runtime.getRuntime().maxMemory() / 4;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
  private static final Duration TO_LISTEN = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final MeterRegistry meters;
  private final Publisher publisher;
  private final Requester requester;
  private final Clients clients = new Clients(QUARTER_OF_HEAP, QUARTER_OF_HEAP);
  private final EventLoopGroup events =
      new NioEventLoopGroup(1, new DefaultThreadFactory("request-reply", true));

  /** By the configured port. */
  private final Map<Integer, RequestReplyServer> requestReply = new ConcurrentHashMap<>();

  /** Ports on which listening failed at the last attempt. */
  private final Set<Integer> failedPorts = new HashSet<>();

  private volatile PublishServer publish;
  private int publishPort;
  private volatile boolean complete;

  /**
   * Starts to connect to the broker. Nothing listens yet.
   *
   * @param vertx for HTTP clients only
   */
  EndpointServers(ConnectionFactory broker, Vertx vertx, MeterRegistry meters) {
    this.vertx = vertx;
    this.meters = meters;
    this.publisher = new Publisher(broker, "publish");
    this.requester = new Requester(broker, publisher, meters);
  }

  /**
   * Serves what the configuration says: closes ports that it does not have, opens new ones, and
   * updates the settings of all others. A port on which listening fails is retried at the next
   * call.
   */
  void apply(GatewayConfig config) {
    boolean all = applyRequestReply(config);
    all &= applyPublish(config);
    complete = all;
  }

  /** Whether everything listens, and the broker is connected. */
  boolean areReady() {
    return complete && publisher.isConnected() && requester.isConnected();
  }

  /** Waits for a message, as {@link Publisher#firstArrival} does. */
  CompletableFuture<String> firstArrival(Set<String> queues) {
    return publisher.firstArrival(queues);
  }

  /** The actual port of a request/reply endpoint. */
  int portOf(RequestReplyEndpoint endpoint) {
    return requestReply.get(endpoint.port()).port();
  }

  /** The actual port of the HTTP endpoint. */
  int publishPort() {
    return publish.port();
  }

  /**
   * Continues to serve until no new connection has come for the time {@code quiet}, which begins
   * now. Clients that stay connected are asked to leave.
   */
  void awaitNoNewClients(Duration quiet, Duration longest) throws InterruptedException {
    Optional.ofNullable(publish).ifPresent(PublishServer::leave);
    Instant start = Instant.now();
    awaitWhile(
        () -> Instant.now().isBefore(later(start, clients.lastArrival()).plus(quiet)), longest);
  }

  /** Accepts nothing new, and waits until everything is answered, at most for this long. */
  void drain(Duration longest) throws InterruptedException {
    requestReply.values().forEach(RequestReplyServer::drain);
    Optional.ofNullable(publish).ifPresent(PublishServer::drain);
    awaitWhile(() -> inFlight() > 0, longest);
  }

  private static void awaitWhile(BooleanSupplier condition, Duration longest)
      throws InterruptedException {
    Instant end = Instant.now().plus(longest);
    while (condition.getAsBoolean() && Instant.now().isBefore(end)) {
      Thread.sleep(LOOK_AGAIN);
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Closes everything at once. */
  @Override
  public void close() {
    requestReply.values().forEach(RequestReplyServer::close);
    Optional.ofNullable(publish).ifPresent(PublishServer::close);
    events.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    requester.close();
    publisher.close();
  }

  private int inFlight() {
    int requests = requestReply.values().stream().mapToInt(RequestReplyServer::inFlight).sum();
    return requests + Optional.ofNullable(publish).map(PublishServer::inFlight).orElse(0);
  }

  private boolean applyRequestReply(GatewayConfig config) {
    Map<Integer, RequestReplyEndpoint> wanted =
        config.requestReply().stream()
            .collect(Collectors.toMap(RequestReplyEndpoint::port, endpoint -> endpoint));
    Map<Integer, RequestReplyServer> gone = new HashMap<>(requestReply);
    gone.keySet().removeAll(wanted.keySet());
    gone.forEach(
        (port, server) -> {
          LOG.infof("Port %d is no longer served", port);
          server.drain();
          requestReply.remove(port);
        });
    boolean all = true;
    for (RequestReplyEndpoint endpoint : wanted.values()) {
      RequestReplyServer server = requestReply.get(endpoint.port());
      if (server != null && server.isEncrypted() == endpoint.tls().isPresent()) {
        server.change(endpoint);
      } else {
        Optional.ofNullable(server).ifPresent(RequestReplyServer::drain);
        all &= open(endpoint);
      }
    }
    return all;
  }

  private boolean open(RequestReplyEndpoint endpoint) {
    try {
      requestReply.put(
          endpoint.port(), new RequestReplyServer(events, endpoint, requester, clients, meters));
      LOG.infof("%s: listening for requests on port %d", endpoint.name(), endpoint.port());
      failedPorts.remove(endpoint.port());
      return true;
    } catch (IOException e) {
      listenFailed(endpoint.port(), e);
      return false;
    }
  }

  /** It is retried every second, and logged once. */
  private void listenFailed(int port, Throwable cause) {
    if (failedPorts.add(port)) {
      LOG.errorf("Cannot listen on port %d: %s", port, cause.getMessage());
    }
  }

  private boolean applyPublish(GatewayConfig config) {
    boolean samePort =
        publish != null
            && config.publish().map(PublishEndpoint::port).equals(Optional.of(publishPort));
    if (samePort && publish.isEncrypted() == config.publish().orElseThrow().tls().isPresent()) {
      publish.change(config.publish().orElseThrow(), config);
      return true;
    }
    if (publish != null) {
      LOG.infof("Port %d is no longer served, or served anew", publishPort);
      publish.close().toCompletionStage().toCompletableFuture().join();
      publish = null;
    }
    return config.publish().map(endpoint -> open(endpoint, config)).orElse(true);
  }

  private boolean open(PublishEndpoint endpoint, GatewayConfig config) {
    PublishServer server = new PublishServer(vertx, endpoint, config, publisher, clients, meters);
    try {
      server
          .listen()
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(TO_LISTEN.toMillis(), TimeUnit.MILLISECONDS)
          .join();
      publish = server;
      publishPort = endpoint.port();
      LOG.infof("Listening for messages on port %d", endpoint.port());
      failedPorts.remove(endpoint.port());
      return true;
    } catch (CompletionException e) {
      listenFailed(endpoint.port(), e.getCause());
      server.close();
      return false;
    }
  }
}
