package dev.warren.gateway.tls;

import dev.warren.gateway.config.TlsFiles;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509KeyManager;

/** TLS of one port: TLS 1.2 and 1.3, with a certificate that is renewed in place. */
public final class DoorTls {

  /** How long a client has for its handshake. */
  public static final Duration HANDSHAKE_TIME = Duration.ofSeconds(10);

  /**
   * What TLS takes of the heap for a connection, in bytes: its keys and state, and the record that
   * is incomplete.
   */
  public static final int CONNECTION_BYTES = 32 * 1024;

  /** Sessions that clients may resume; others have a handshake in full. */
  private static final int MOST_SESSIONS = 100;

  private static final Duration SESSION = Duration.ofMinutes(5);

  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** One thread for the arithmetic of all handshakes, so that many do not delay connections. */
  private static final Executor HANDSHAKES =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("handshakes").daemon().factory());

  private final ServerCertificate certificate;
  private final SslContext context;

  /**
   * Reads the files.
   *
   * @param endpoint its name in metrics and logs
   * @param protocols that are offered above TLS (ALPN), the preferred one first
   */
  public DoorTls(String endpoint, TlsFiles files, List<String> protocols, MeterRegistry meters) {
    certificate = new ServerCertificate(endpoint, meters);
    certificate.read(files);
    context = context(certificate, protocols);
  }

  /** Reads the files again; does nothing if they are as before. */
  public void read(TlsFiles files) {
    certificate.read(files);
  }

  /** The same certificate for another implementation of the port. */
  public X509KeyManager keys() {
    return certificate;
  }

  public SslContext context() {
    return context;
  }

  /** For a connection that has not read anything yet. */
  public SslHandler handler(Channel connection) {
    SslHandler handler = context.newHandler(connection.alloc(), HANDSHAKES);
    handler.setHandshakeTimeoutMillis(HANDSHAKE_TIME.toMillis());
    return handler;
  }

  /** Tells the client that nothing more follows, also by TLS if the connection has it. */
  public static void shutdownOutput(Channel connection) {
    ChannelPipeline pipeline = connection.pipeline();
    SslHandler tls = pipeline.get(SslHandler.class);
    if (tls == null) {
      shutdownSocket(connection);
    } else {
      tls.closeOutbound().addListener(told -> shutdownSocket(connection));
    }
  }

  private static void shutdownSocket(Channel connection) {
    if (connection instanceof DuplexChannel socket) {
      socket.shutdownOutput();
    }
  }

  private static SslContext context(ServerCertificate certificate, List<String> protocols) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(certificate)
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .ciphers(CIPHERS)
              .sessionCacheSize(MOST_SESSIONS)
              .sessionTimeout(TimeUnit.MILLISECONDS.toSeconds(SESSION.toMillis()));
      if (!protocols.isEmpty()) {
        builder.applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                protocols));
      }
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }
}
