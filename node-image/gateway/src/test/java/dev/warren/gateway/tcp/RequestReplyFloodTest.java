package dev.warren.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.gateway.Flood;
import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.clients.ClientAddress;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.HeapBuffers;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One client does its worst; another one gets its answers, and all memory is free afterwards. */
class RequestReplyFloodTest {

  private static final int MEMORY = 4 << 20;
  private static final RequestReplyEndpoint ENDPOINT =
      new RequestReplyEndpoint(
          "echo",
          0,
          "q",
          Framing.LINE,
          5000,
          60_000,
          100,
          75,
          1000,
          60_000,
          false,
          Optional.empty());

  private final Clients clients = new Clients(1 << 20, MEMORY);
  private final Door door =
      new Door(
          clients,
          new Refusals("echo", new SimpleMeterRegistry()),
          RequestReplyConnection.CONNECTION_BYTES);
  private final Tally underWay = new Tally();
  private final EventLoopGroup events = new NioEventLoopGroup(1);
  private int port;

  /** What a client can do with its connections. */
  enum Shape {
    SILENCE("", ""),
    UNFINISHED_REQUESTS("a".repeat(4000), ""),
    LARGE_UNFINISHED_REQUESTS("a".repeat(50_000), ""),
    SLOW_REQUESTS("", "a"),
    MANY_SMALL_REQUESTS("", "\n".repeat(4000)),
    LARGE_REQUESTS("", "a".repeat(50_000) + "\n"),
    TOO_LARGE_REQUESTS("", "a".repeat(70_000));

    private final String once;
    private final String again;

    Shape(String once, String again) {
      this.once = once;
      this.again = again;
    }
  }

  @BeforeEach
  void listen() {
    door.limit(ENDPOINT.maxConnections(), ENDPOINT.maxConnectionsPerClient());
    Channel listener =
        new ServerBootstrap()
            .group(events)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    HeapBuffers.use(connection.config());
                    echo().addTo(connection.pipeline());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    port = ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @AfterEach
  void close() {
    events.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @ParameterizedTest
  @EnumSource
  void anotherClientGetsItsAnswers(Shape shape) throws Exception {
    try (Socket kept = new Socket("127.0.0.1", port);
        Flood flood = new Flood(port, 200)) {
      kept.setSoTimeout(10_000);
      flood.during(
          shape.once,
          shape.again,
          () -> {
            assertThat(Flood.answer(port, "hello\n")).isEqualTo("hello");
            assertThat(Flood.answer(kept, "hello\n")).isEqualTo("hello");
          });
    }
    await().atMost(Duration.ofSeconds(10)).until(this::allIsFree);
    assertThat(door.requests()).isZero();
  }

  private boolean allIsFree() {
    Admission admission = door.admit(new ClientAddress("127.0.0.2"), () -> {});
    try {
      boolean isFree = door.open() == 1 && admission.memory().tryReserve(MEMORY / 4 * 3);
      if (isFree) {
        admission.memory().release(MEMORY / 4 * 3);
      }
      return isFree;
    } finally {
      admission.end();
    }
  }

  private RequestReplyConnection echo() {
    return new RequestReplyConnection(
        ENDPOINT,
        Frames.of(ENDPOINT.framing(), ENDPOINT.maxMessageBytes()),
        (request, first) -> CompletableFuture.completedFuture(request),
        door,
        underWay,
        (outcome, took) -> {});
  }
}
