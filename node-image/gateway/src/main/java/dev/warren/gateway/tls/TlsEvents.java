package dev.warren.gateway.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;

/** Tells the handlers behind TLS what they would know of a plain connection. */
public final class TlsEvents extends ChannelInboundHandlerAdapter {

  private final Consumer<Boolean> failed;

  /**
   * @param failed is told of a handshake that failed, and whether it was only too slow
   */
  public TlsEvents(Consumer<Boolean> failed) {
    this.failed = failed;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake
        && !handshake.isSuccess()
        // Such as a probe of a load balancer.
        && !(handshake.cause() instanceof ClosedChannelException)) {
      failed.accept(handshake.cause() instanceof SslHandshakeTimeoutException);
    }
    if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
      context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
    super.userEventTriggered(context, event);
  }
}
