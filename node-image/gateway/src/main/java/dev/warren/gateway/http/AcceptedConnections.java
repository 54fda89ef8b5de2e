package dev.warren.gateway.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import java.util.function.Consumer;

/**
 * Shows connections before the HTTP library sets them up. Otherwise a connection with TLS would be
 * seen only after its handshake, and the handshakes of a client would have no bounds.
 */
public final class AcceptedConnections extends JDKTransport {

  private Consumer<Channel> ofNextServer;

  private AcceptedConnections() {}

  /** The library with this addition. */
  public static Vertx library(VertxOptions options) {
    return new VertxBuilder(options).findTransport(new AcceptedConnections()).init().vertx();
  }

  /**
   * Shows the connections of the server that listens next.
   *
   * @param library made here
   */
  static void show(Vertx library, Consumer<Channel> accepted) {
    if (((VertxInternal) library).transport() instanceof AcceptedConnections transport) {
      synchronized (transport) {
        transport.ofNextServer = accepted;
      }
    } else {
      throw new IllegalArgumentException("this library does not show connections");
    }
  }

  @Override
  public synchronized void configure(
      NetServerOptions options, boolean domainSocket, ServerBootstrap server) {
    super.configure(options, domainSocket, server);
    if (ofNextServer != null) {
      server.handler(new Acceptor(ofNextServer));
      ofNextServer = null;
    }
  }

  private static final class Acceptor extends ChannelInboundHandlerAdapter {

    private final Consumer<Channel> accepted;

    Acceptor(Consumer<Channel> accepted) {
      this.accepted = accepted;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
      accepted.accept((Channel) connection);
      context.fireChannelRead(connection);
    }
  }
}
