package dev.warren.gateway.tcp;

import dev.warren.gateway.tls.DoorTls;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection after its last answer: the client is told that nothing more follows
 * (FIN), and for a while, what it still sends is read and dropped. Closing a socket with unread
 * bytes would discard the last answer (RST). To be used in the connection's event loop only.
 */
final class Goodbye {

  /** How long a client has to close its side. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private boolean isSaid;
  private boolean clientIsDone;

  /** Everything is written. */
  void say(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(true);
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            flushed -> {
              isSaid = true;
              if (clientIsDone) {
                context.close();
              } else {
                DoorTls.shutdownOutput(context.channel());
                context
                    .executor()
                    .schedule(() -> context.close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
              }
            });
  }

  /** The client has closed its side. */
  void answer(ChannelHandlerContext context) {
    clientIsDone = true;
    if (isSaid) {
      context.close();
    }
  }
}
