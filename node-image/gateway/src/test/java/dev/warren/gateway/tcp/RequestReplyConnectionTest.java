package dev.warren.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.gateway.TestEndpoints;
import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.clients.ClientAddress;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.Refusals;
import dev.warren.gateway.config.Framing;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.limits.Tally;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that read their replies slowly. */
class RequestReplyConnectionTest {

  /** More than the operating system buffers. */
  private static final byte[] REPLY = new byte[32 << 20];

  private static final int MEMORY = 2 * REPLY.length;

  private final Door door =
      new Door(
          new Clients(1 << 20, MEMORY),
          new Refusals("e", new SimpleMeterRegistry()),
          RequestReplyConnection.CONNECTION_BYTES);
  private final Tally underWay = new Tally();
  private final EventLoopGroup events = new NioEventLoopGroup(1);

  @AfterEach
  void close() {
    events.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void aSlowClientGetsTheWholeReply() throws Exception {
    try (Socket client = connect(serve(Duration.ofMinutes(1)))) {
      ask(client);
      Thread.sleep(3000);

      assertThat(client.getInputStream().readAllBytes()).hasSameSizeAs(REPLY);
    }
  }

  @Test
  void aClientThatClosesItsSideGetsTheWholeReply() throws Exception {
    try (Socket client = connect(serve(Duration.ofMinutes(1)))) {
      ask(client);
      await().until(() -> client.getInputStream().available() > 0);
      client.shutdownOutput();
      Thread.sleep(200);

      assertThat(client.getInputStream().readAllBytes()).hasSameSizeAs(REPLY);
    }
  }

  @Test
  void aReplyIsInProgressUntilTheClientHasReadIt() throws Exception {
    try (Socket client = connect(serve(Duration.ofMinutes(1)))) {
      ask(client);
      await().until(() -> client.getInputStream().available() > 0);
      assertThat(door.requests()).isZero();
      assertThat(underWay.count()).isOne();

      client.getInputStream().readAllBytes();
      await().until(() -> underWay.count() == 0);
    }
  }

  @Test
  void aClientThatReadsNothingForTheIdleTimeoutIsDisconnected() throws Exception {
    try (Socket client = connect(serve(Duration.ofMillis(200)))) {
      ask(client);
      await().until(() -> door.open() == 1);
      await().until(() -> door.open() == 0);

      assertThat(underWay.count()).isZero();
      Admission later = door.admit(new ClientAddress("127.0.0.1"), () -> {});
      assertThat(later.memory().tryReserve(MEMORY / 4 * 3)).isTrue();
    }
  }

  @Test
  void aClientThatReadsSlowlyStaysConnected() throws Exception {
    try (Socket client = connect(serve(Duration.ofSeconds(1)))) {
      ask(client);
      int taken = 0;
      while (taken < REPLY.length) {
        Thread.sleep(100);
        int more = client.getInputStream().readNBytes(1 << 20).length;
        assertThat(more).isPositive();
        taken += more;
      }
    }
  }

  private int serve(Duration idleTimeout) {
    door.limit(10, 10);
    RequestReplyEndpoint endpoint =
        TestEndpoints.requestReply(
            "e", 0, "q", Framing.RAW, 5000, REPLY.length, 10, 10, idleTimeout.toMillis());
    Channel listener =
        new ServerBootstrap()
            .group(events)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    connection(endpoint).addTo(connection.pipeline());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private RequestReplyConnection connection(RequestReplyEndpoint endpoint) {
    return new RequestReplyConnection(
        endpoint,
        new RawFrames(endpoint.maxMessageBytes()),
        (request, first) -> CompletableFuture.completedFuture(REPLY),
        door,
        underWay,
        (outcome, took) -> {});
  }

  /** With a timeout, so that a test fails instead of hanging. */
  private static Socket connect(int port) throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
    client.setSoTimeout(10_000);
    return client;
  }

  private static void ask(Socket client) throws IOException {
    client.getOutputStream().write('?');
  }
}
