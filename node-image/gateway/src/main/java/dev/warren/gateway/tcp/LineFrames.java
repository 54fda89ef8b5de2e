package dev.warren.gateway.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.nio.charset.StandardCharsets;

/** A line each, ended by a line feed; an error is a line that begins with {@code !error}. */
record LineFrames(int maxBytes) implements Frames {

  @Override
  public Decoder decoder() {
    return new LineDecoder(maxBytes);
  }

  private static final class LineDecoder extends LineBasedFrameDecoder implements Decoder {

    private static final boolean WITHOUT_ITS_END = true;
    private static final boolean AT_ONCE = true;

    LineDecoder(int maxBytes) {
      super(maxBytes, WITHOUT_ITS_END, AT_ONCE);
      setSingleDecode(true);
    }

    @Override
    public int held() {
      return actualReadableBytes();
    }
  }

  /** The reply may end with its own line end. */
  @Override
  public boolean canBeReply(byte[] reply) {
    for (int i = 0; i < lengthOfLine(reply); i++) {
      if (reply[i] == '\n') {
        return false;
      }
    }
    return true;
  }

  @Override
  public ByteBuf reply(byte[] reply) {
    return Unpooled.wrappedBuffer(
        Unpooled.wrappedBuffer(reply, 0, lengthOfLine(reply)),
        Unpooled.wrappedBuffer(new byte[] {'\n'}));
  }

  @Override
  public ByteBuf error(ErrorCode code, String text) {
    String line = "!error " + code + " " + text.replaceAll("[\r\n]+", " ");
    return reply(line.getBytes(StandardCharsets.UTF_8));
  }

  private static int lengthOfLine(byte[] reply) {
    int length = reply.length;
    if (length > 0 && reply[length - 1] == '\n') {
      length--;
      if (length > 0 && reply[length - 1] == '\r') {
        length--;
      }
    }
    return length;
  }
}
