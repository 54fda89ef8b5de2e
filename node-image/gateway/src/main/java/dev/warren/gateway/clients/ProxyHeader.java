package dev.warren.gateway.clients;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Takes the header of the PROXY protocol, version 1 or 2, with which a load balancer begins a
 * connection. A connection without one is closed. To be used in the connection's event loop only.
 */
public final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {

  /** How long a proxy has to send it. */
  static final Duration LONGEST = Duration.ofSeconds(10);

  /** For what clouds add to it, in bytes. */
  private static final int MOST_EXTENSIONS = 1024;

  /** What happens next. */
  public interface Connection {
    /** The client's address; the proxy's own, if it opened the connection for itself. */
    void comesFrom(ClientAddress client);

    /** There was no header, or an invalid one. The connection is being closed. */
    void hasNoHeader();
  }

  private final Connection connection;
  private Future<?> limit;

  private ProxyHeader(Connection connection) {
    this.connection = connection;
  }

  /** Puts it before all other handlers. */
  public static void expect(ChannelPipeline pipeline, Connection connection) {
    pipeline.addFirst(new ProxyHeader(connection));
    pipeline.addFirst(new HAProxyMessageDecoder(MOST_EXTENSIONS));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    limit =
        context
            .channel()
            .eventLoop()
            .schedule(() -> end(context), LONGEST.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    limit.cancel(false);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header)
      throws UnknownHostException {
    // The decoder removes itself, and only then are the bytes behind the header read.
    context.pipeline().remove(this);
    byte[] source =
        header.sourceAddress() == null
            ? null
            : NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
    connection.comesFrom(
        source == null
            ? ClientAddress.of(context.channel().remoteAddress())
            : ClientAddress.of(InetAddress.getByAddress(source)));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable problem) {
    if (problem instanceof HAProxyProtocolException) {
      end(context);
    } else {
      context.fireExceptionCaught(problem);
    }
  }

  private void end(ChannelHandlerContext context) {
    connection.hasNoHeader();
    context.close();
  }
}
