package dev.warren.gateway.broker;

import dev.warren.gateway.config.BrokerAddress;
import dev.warren.gateway.tls.ClientCertificate;
import dev.warren.gateway.tls.ServerTrust;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * TLS to the broker. Its files are read again at every connection, and the broker's name is always
 * verified.
 *
 * @param trust which brokers are trusted
 * @param own the certificate of this program, if there is one
 */
public record BrokerTls(ServerTrust trust, Optional<ClientCertificate> own) {

  /** AMQP with TLS, as IANA has assigned it. */
  private static final int AMQPS = 5671;

  /**
   * Empty if this broker is reached without TLS: there is no CA file, and the port is not AMQPS'.
   */
  public static Optional<BrokerTls> of(BrokerAddress broker) {
    if (broker.caFile().isEmpty() && broker.port() != AMQPS) {
      return Optional.empty();
    }
    return Optional.of(
        new BrokerTls(
            new ServerTrust(broker.caFile()),
            broker
                .certificateFile()
                .map(file -> new ClientCertificate(file, broker.keyFile().orElseThrow()))));
  }

  /**
   * For one connection of Java's client. Another one could resume the session of the first, and
   * would not ask whom to trust now.
   */
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          own.map(certificate -> new KeyManager[] {certificate}).orElse(null),
          new TrustManager[] {trust},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }
}
