package dev.warren.gateway.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Everything received is the request, everything sent the reply; an error is an empty reply. */
record RawFrames(int maxBytes) implements Frames {

  @Override
  public Decoder decoder() {
    return new RawRequestDecoder(maxBytes);
  }

  @Override
  public ByteBuf reply(byte[] reply) {
    return Unpooled.wrappedBuffer(reply);
  }

  @Override
  public ByteBuf error(ErrorCode code, String text) {
    return Unpooled.EMPTY_BUFFER;
  }

  @Override
  public boolean onlyOne() {
    return true;
  }
}
