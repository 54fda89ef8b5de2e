package dev.warren.gateway.http;

import dev.warren.gateway.tls.DoorTls;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.List;
import java.util.Optional;

/** The settings of the HTTP library. */
final class HttpOptions {

  /** With TLS, by their names in ALPN. */
  static final List<String> PROTOCOLS = List.of("h2", "http/1.1");

  private HttpOptions() {}

  static HttpServerOptions of(int port, Optional<DoorTls> tls) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setPort(port)
            .setMaxInitialLineLength(RequestLimits.LONGEST_FIRST_LINE)
            .setMaxHeaderSize(RequestLimits.MOST_HEADER_BYTES)
            // The refusal of one request may close the connection, and must not end others.
            .setHttp2ClearTextEnabled(false);
    tls.ifPresent(door -> encrypt(options, door));
    return options;
  }

  private static void encrypt(HttpServerOptions options, DoorTls tls) {
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
        .setKeyCertOptions(KeyCertOptions.wrap(tls.keys()))
        .setSslEngineOptions(new Engine(tls.context()))
        .setInitialSettings(Http2Intake.settings());
  }

  /** Our own context, with its bounds. Its arithmetic has a thread of its own. */
  private static final class Engine extends JdkSSLEngineOptions {

    private final SslContext context;

    Engine(SslContext context) {
      this.context = context;
      setUseWorkerThread(true);
    }

    @Override
    public JdkSSLEngineOptions copy() {
      return new Engine(context);
    }

    @Override
    public SslContextFactory sslContextFactory() {
      return () -> context;
    }
  }
}
