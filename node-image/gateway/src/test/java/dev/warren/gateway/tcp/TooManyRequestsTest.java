package dev.warren.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.TestEndpoints;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.Refusals;
import dev.warren.gateway.config.Framing;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.limits.Tally;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TooManyRequestsTest {

  private static final RequestReplyEndpoint ENDPOINT =
      TestEndpoints.requestReply("e", 0, "q", Framing.LINE, 5000, 100, 10, 1, 60_000);

  private final Door door =
      new Door(
          new Clients(1 << 20, 1 << 20),
          new Refusals("e", new SimpleMeterRegistry()),
          RequestReplyConnection.CONNECTION_BYTES);
  private final Tally underWay = new Tally();

  @Test
  void afterARefusalNothingIsReadForAWhile() {
    door.limit(10, 10);
    EmbeddedChannel channel = new OfAClient();
    channel.freezeTime();
    connection().addTo(channel.pipeline());
    channel.pipeline().fireChannelActive();

    channel.writeInbound(Unpooled.copiedBuffer("a\nb\nc\n", StandardCharsets.US_ASCII));
    assertThat(underWay.count()).as("one waits for its reply, one is refused").isEqualTo(2);
    assertThat(channel.config().isAutoRead()).isFalse();

    channel.advanceTimeBy(100, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(underWay.count()).isEqualTo(3);
  }

  private RequestReplyConnection connection() {
    return new RequestReplyConnection(
        ENDPOINT,
        Frames.of(ENDPOINT.framing(), ENDPOINT.maxMessageBytes()),
        (request, first) -> new CompletableFuture<>(),
        door,
        underWay,
        (outcome, took) -> {});
  }

  private static final class OfAClient extends EmbeddedChannel {
    @Override
    protected SocketAddress remoteAddress0() {
      return new InetSocketAddress("127.0.0.1", 1);
    }
  }
}
