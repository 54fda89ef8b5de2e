package dev.warren.gateway.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.nio.charset.StandardCharsets;

/** A line each, ended by a line feed; an error is a line that begins with {@code !error}. */
record LineFrames(int maxBytes) implements Frames {

  @Override
  public ChannelHandler decoder() {
    boolean withoutItsEnd = true;
    boolean atOnce = true;
    return new LineBasedFrameDecoder(maxBytes, withoutItsEnd, atOnce);
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
