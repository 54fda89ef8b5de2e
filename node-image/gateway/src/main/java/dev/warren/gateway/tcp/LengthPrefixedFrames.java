package dev.warren.gateway.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.charset.StandardCharsets;

/**
 * A signed 32-bit big-endian length and that many bytes. For an error the length is negated, so
 * that it cannot be a reply; its bytes are text.
 */
record LengthPrefixedFrames(int maxBytes) implements Frames {

  @Override
  public Decoder decoder() {
    // The decoder's limit applies to the whole frame.
    int maxFrame = (int) Math.min((long) maxBytes + Integer.BYTES, Integer.MAX_VALUE);
    return new LengthDecoder(maxFrame);
  }

  private static final class LengthDecoder extends LengthFieldBasedFrameDecoder implements Decoder {

    LengthDecoder(int maxFrame) {
      super(maxFrame, 0, Integer.BYTES, 0, Integer.BYTES);
      setSingleDecode(true);
    }

    @Override
    public int held() {
      return actualReadableBytes();
    }
  }

  @Override
  public ByteBuf reply(byte[] reply) {
    return frame(reply.length, reply);
  }

  @Override
  public ByteBuf error(ErrorCode code, String text) {
    byte[] bytes = (code + " " + text).getBytes(StandardCharsets.UTF_8);
    return frame(-bytes.length, bytes);
  }

  private static ByteBuf frame(int length, byte[] bytes) {
    return Unpooled.wrappedBuffer(Unpooled.copyInt(length), Unpooled.wrappedBuffer(bytes));
  }
}
