package dev.warren.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.warren.gateway.config.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.TooLongFrameException;

/** Whatever is sent, there are requests within the limit, or it is told to be too long. */
class FramesFuzzTest {

  private static final int MAX = 16;

  @FuzzTest(maxDuration = "30s")
  void anything(FuzzedDataProvider data) {
    Framing framing = data.pickValue(Framing.values());
    EmbeddedChannel channel = new EmbeddedChannel(Frames.of(framing, MAX).decoder());
    channel.freezeTime();
    try {
      while (data.remainingBytes() > 0) {
        byte[] read = data.consumeBytes(data.consumeInt(1, MAX * 2));
        channel.writeInbound(Unpooled.wrappedBuffer(read));
      }
    } catch (TooLongFrameException e) {
      // Then nothing more is read.
      return;
    }
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    for (ByteBuf request = channel.readInbound();
        request != null;
        request = channel.readInbound()) {
      assertThat(request.readableBytes()).isLessThanOrEqualTo(MAX);
      request.release();
    }
  }
}
