package dev.warren.gateway.tcp;

import dev.warren.gateway.broker.Requester;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.HeapBuffers;
import dev.warren.gateway.clients.Refusals;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.limits.Tally;
import dev.warren.gateway.tls.DoorTls;
import dev.warren.gateway.tls.TlsEvents;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Listens on one port for requests. For any thread. */
public final class RequestReplyServer implements AutoCloseable {

  private static final int BACKLOG = 1024;

  private final Requester requester;
  private final MeterRegistry meters;
  private final Optional<DoorTls> tls;
  private final Door door;
  private final Tally underWay = new Tally();
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel listener;
  private volatile RequestReplyEndpoint endpoint;

  /**
   * Listens from now on.
   *
   * @param events the threads that do the work
   * @throws IOException if it cannot listen on the port
   */
  public RequestReplyServer(
      EventLoopGroup events,
      RequestReplyEndpoint endpoint,
      Requester requester,
      Clients clients,
      MeterRegistry meters)
      throws IOException {
    this.requester = requester;
    this.meters = meters;
    this.tls = endpoint.tls().map(files -> new DoorTls(endpoint.name(), files, List.of(), meters));
    this.door =
        new Door(
            clients,
            new Refusals(endpoint.name(), meters),
            RequestReplyConnection.CONNECTION_BYTES
                + (tls.isPresent() ? DoorTls.CONNECTION_BYTES : 0));
    change(endpoint);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(events)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Accepted())
            .bind(endpoint.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    this.listener = bound.channel();
  }

  /** The port that it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Whether its connections have TLS. */
  public boolean isEncrypted() {
    return tls.isPresent();
  }

  /**
   * Open connections keep their settings; new ones get these, and the certificate that is in its
   * files now. Whether there is TLS does not change.
   */
  public void change(RequestReplyEndpoint changed) {
    changed.tls().ifPresent(files -> tls.orElseThrow().read(files));
    door.limit(changed.maxConnections(), changed.maxConnectionsPerClient());
    endpoint = changed;
  }

  /** How many requests wait for their replies or have replies that their clients have not read. */
  public int inFlight() {
    return underWay.count();
  }

  /** Accepts no more connections and requests; those that wait for replies get them. */
  public void drain() {
    listener.close();
    for (Channel connection : open) {
      RequestReplyConnection handler = connection.pipeline().get(RequestReplyConnection.class);
      if (handler != null) {
        connection.eventLoop().execute(handler::drain);
      }
    }
  }

  /** Closes everything at once. */
  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    open.close();
  }

  private void measure(String outcome, Duration took) {
    Timer.builder("warren.gateway.requests")
        .description("Requests over TCP, by outcome")
        .tag("endpoint", endpoint.name())
        .tag("outcome", outcome)
        .register(meters)
        .record(took);
  }

  private final class Accepted extends ChannelInitializer<SocketChannel> {

    @Override
    protected void initChannel(SocketChannel connection) {
      RequestReplyEndpoint now = endpoint;
      HeapBuffers.use(connection.config());
      Frames frames = Frames.of(now.framing(), now.maxMessageBytes());
      open.add(connection);
      RequestReplyConnection handler =
          new RequestReplyConnection(
              now,
              frames,
              (request, first) -> requester.request(now.queue(), request, now.timeout(), first),
              door,
              underWay,
              RequestReplyServer.this::measure);
      tls.ifPresent(
          door ->
              connection
                  .pipeline()
                  .addLast(door.handler(connection))
                  .addLast(new TlsEvents(handler::handshakeFailed)));
      handler.addTo(connection.pipeline());
    }
  }
}
