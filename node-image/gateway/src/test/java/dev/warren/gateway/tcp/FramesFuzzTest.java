package dev.warren.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.warren.gateway.config.Framing;
import dev.warren.gateway.limits.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.TooLongFrameException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Any input is decoded into requests within the limit or refused as too long, and no buffer is
 * leaked.
 */
class FramesFuzzTest {

  private static final int MAX = 16;
  private static final int LONGEST = 6000;
  private static final int MEMORY = 20_000;

  @FuzzTest(maxDuration = "30s")
  void anything(FuzzedDataProvider data) {
    Framing framing = data.pickValue(Framing.values());
    List<ByteBuf> sent = new ArrayList<>();
    EmbeddedChannel channel = new EmbeddedChannel(Frames.of(framing, MAX).decoder());
    channel.freezeTime();
    try {
      while (data.remainingBytes() > 0) {
        ByteBuf read = Unpooled.buffer().writeBytes(data.consumeBytes(data.consumeInt(1, MAX * 2)));
        sent.add(read);
        Bytes.receive(channel, read);
      }
      channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      for (ByteBuf request = channel.readInbound();
          request != null;
          request = channel.readInbound()) {
        assertThat(request.readableBytes()).isLessThanOrEqualTo(MAX);
        request.release();
      }
    } catch (TooLongFrameException e) {
      // Then nothing more is read.
    } finally {
      channel.close();
      channel.releaseInbound();
    }
    assertThat(sent).as("what is no longer needed is let go").allMatch(read -> read.refCnt() == 0);
  }

  /** Requests of up to 6,000 bytes, in pieces that are sent several times. */
  @FuzzTest(maxDuration = "30s")
  void whatIsHeldIsWithinTheBudget(FuzzedDataProvider data) {
    MemoryBudget memory = new MemoryBudget(MEMORY);
    HeldRequests held =
        new HeldRequests(
            Frames.of(data.pickValue(Framing.values()), LONGEST).decoder(), LONGEST, memory);
    EmbeddedChannel channel = held.connection();
    try {
      while (data.remainingBytes() > 0) {
        int times = data.consumeInt(1, 500);
        byte[] piece = data.consumeBytes(data.consumeInt(1, 8));
        byte[][] all = Collections.nCopies(times, piece).toArray(byte[][]::new);
        channel.writeInbound(Unpooled.copiedBuffer(all));
        boolean needsMemory = held.decoder.held() > UnfinishedRequest.FREE_BYTES;
        int reserved = held.reserved() + (needsMemory ? LONGEST : 0);
        assertThat(memory.tryReserve(MEMORY - reserved + 1)).isFalse();
      }
    } catch (TooLongFrameException e) {
      // Then nothing more is read.
    }
    channel.close();
    assertThat(memory.tryReserve(MEMORY - held.reserved())).isTrue();
    assertThat(memory.tryReserve(1)).isFalse();
  }
}
