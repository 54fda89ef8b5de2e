package dev.warren.gateway.dispatch;

import dev.warren.gateway.tls.Identity;
import dev.warren.gateway.tls.InvalidPem;
import dev.warren.gateway.tls.SecretFolder;
import dev.warren.gateway.tls.Trust;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;

/**
 * Which receivers are trusted, and which certificate they get, from mounted Secrets that may change
 * at any time. Connections that are open stay as they are. For any thread.
 */
final class ReceiverTls implements TlsStrategy {

  private static final String CA = "ca.crt";
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";

  /** Between two looks at the files. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Optional<SecretFolder> trusted;
  private final Optional<SecretFolder> own;

  /** What was read last; empty if it could not be used. */
  private List<byte[]> files = List.of();

  private long nextLook = System.nanoTime();

  /** Of the files that were read last; never changed, so that no session outlives its trust. */
  private volatile TlsStrategy current;

  /** Reads nothing yet. */
  ReceiverTls(HttpDelivery.Tls tls) {
    this.trusted = Optional.ofNullable(tls.caFolder()).map(SecretFolder::new);
    this.own = Optional.ofNullable(tls.clientCertificateFolder()).map(SecretFolder::new);
  }

  /**
   * Reads the files if they may have changed. To be called before each request.
   *
   * @throws InvalidPem if one is missing or cannot be used
   */
  synchronized void refresh() throws InvalidPem {
    long now = System.nanoTime();
    if (now - nextLook < 0 && !files.isEmpty()) {
      return;
    }
    List<byte[]> ca = read("http.caSecret", trusted, CA);
    List<byte[]> certificate = read("http.clientCertificateSecret", own, CERTIFICATE, KEY);
    List<byte[]> all = new ArrayList<>(ca);
    all.addAll(certificate);
    if (!SecretFolder.areEqual(all, files)) {
      files = List.of();
      current = strategy(trust(ca), keys(certificate));
      files = all;
    }
    nextLook = now + PAUSE.toNanos();
  }

  private static List<byte[]> read(String field, Optional<SecretFolder> folder, String... names)
      throws InvalidPem {
    try {
      return folder.isPresent() ? folder.get().read(names) : List.of();
    } catch (InvalidPem e) {
      throw e.in(field);
    }
  }

  /** Null for the system's own. */
  private static TrustManager[] trust(List<byte[]> ca) throws InvalidPem {
    try {
      return ca.isEmpty() ? null : Trust.in(CA, ca.getFirst());
    } catch (InvalidPem e) {
      throw e.in("http.caSecret");
    }
  }

  /** Null for none. */
  private static KeyManager[] keys(List<byte[]> certificate) throws InvalidPem {
    try {
      return certificate.isEmpty()
          ? null
          : Identity.of(CERTIFICATE, certificate.getFirst(), KEY, certificate.getLast()).managers();
    } catch (InvalidPem e) {
      throw e.in("http.clientCertificateSecret");
    }
  }

  private static TlsStrategy strategy(TrustManager[] trust, KeyManager[] keys) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return ClientTlsStrategyBuilder.create().setSslContext(context).buildAsync();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  @Override
  public void upgrade(
      TransportSecurityLayer connection,
      NamedEndpoint host,
      Object settings,
      Timeout handshake,
      FutureCallback<TransportSecurityLayer> done) {
    current.upgrade(connection, host, settings, handshake, done);
  }

  @Deprecated
  @Override
  public boolean upgrade(
      TransportSecurityLayer connection,
      HttpHost host,
      SocketAddress local,
      SocketAddress remote,
      Object settings,
      Timeout handshake) {
    throw new UnsupportedOperationException("the client uses the other method");
  }
}
