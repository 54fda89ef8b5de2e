package dev.warren.gateway.tcp;

import dev.warren.gateway.config.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandler;

/** The form of requests, replies and errors on the wire. One object per connection. */
interface Frames {

  /**
   * The frames of a framing.
   *
   * @param maxBytes the longest request, without its frame
   */
  static Frames of(Framing framing, int maxBytes) {
    return switch (framing) {
      case RAW -> new RawFrames(maxBytes);
      case LINE -> new LineFrames(maxBytes);
      case LENGTH_PREFIXED -> new LengthPrefixedFrames(maxBytes);
    };
  }

  /**
   * Turns what is read into requests, a {@link ByteBuf} each. It throws a {@link
   * io.netty.handler.codec.TooLongFrameException} for one that is too long.
   */
  interface Decoder extends ChannelInboundHandler {

    /** How many bytes have arrived that are no request yet. */
    int held();
  }

  /** A decoder that yields one request at most for each read, also for a read of no bytes. */
  Decoder decoder();

  /** Whether the client can separate this reply from the next one. */
  default boolean canBeReply(byte[] reply) {
    return true;
  }

  /** A reply as it is written. */
  ByteBuf reply(byte[] reply);

  /** An error as it is written; empty when only the end of the connection reports it. */
  ByteBuf error(ErrorCode code, String text);

  /** Whether the connection ends with its first reply. */
  default boolean onlyOne() {
    return false;
  }
}
