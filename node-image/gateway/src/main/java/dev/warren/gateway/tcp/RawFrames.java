package dev.warren.gateway.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;

/** All that comes is the request, all that goes is the reply; an error is a reply of no bytes. */
record RawFrames(int maxBytes) implements Frames {

  @Override
  public ChannelHandler decoder() {
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
