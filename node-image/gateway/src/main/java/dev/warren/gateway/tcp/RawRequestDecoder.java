package dev.warren.gateway.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Takes everything that a client sends before it closes its side or pauses as one request. What
 * arrives later is dropped.
 */
final class RawRequestDecoder extends ChannelInboundHandlerAdapter implements Frames.Decoder {

  /**
   * Longer than the gaps between the packets of one message, and short enough not to be noticed.
   */
  static final Duration SILENCE = Duration.ofMillis(20);

  private final int maxBytes;
  private ByteBuf request = Unpooled.buffer();
  private Future<?> silence;
  private boolean complete;

  /**
   * @param maxBytes the longest request
   */
  RawRequestDecoder(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public int held() {
    return request.readableBytes();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf read = (ByteBuf) message;
    try {
      if (complete || !read.isReadable()) {
        return;
      }
      if (request.readableBytes() + read.readableBytes() > maxBytes) {
        complete = true;
        throw new TooLongFrameException("more than " + maxBytes + " bytes");
      }
      request.writeBytes(read);
    } finally {
      ReferenceCountUtil.release(read);
    }
    cancelTimer();
    silence =
        context
            .executor()
            .schedule(() -> complete(context), SILENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof ChannelInputShutdownEvent) {
      complete(context);
    }
    super.userEventTriggered(context, event);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    cancelTimer();
    request.release();
  }

  /** No bytes are no request. */
  private void complete(ChannelHandlerContext context) {
    cancelTimer();
    if (!complete && request.isReadable()) {
      complete = true;
      ByteBuf whole = request;
      // The receiver owns it now, and releases it.
      request = Unpooled.EMPTY_BUFFER;
      context.fireChannelRead(whole);
    }
  }

  private void cancelTimer() {
    if (silence != null) {
      silence.cancel(false);
    }
  }
}
