package dev.warren.gateway.tls;

import dev.warren.gateway.config.TlsFiles;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jboss.logging.Logger;

/**
 * The certificate of a port, from files that change. New handshakes get what was read last;
 * connections are not touched. Files that cannot be used change nothing. For any thread.
 */
final class ServerCertificate extends X509ExtendedKeyManager {

  private static final Logger LOG = Logger.getLogger(ServerCertificate.class);

  private static final String[] NONE = {};

  private record Version(String alias, Identity identity) {}

  private final String endpoint;
  private List<byte[]> files = List.of();
  private String problem = "nothing was read yet";
  private int versions;

  /** Null before any could be used. */
  private volatile Version current;

  /** A handshake that has chosen the one before goes on with it. */
  private volatile Version previous;

  /**
   * Reads nothing yet.
   *
   * @param endpoint its name in metrics and logs
   */
  ServerCertificate(String endpoint, MeterRegistry meters) {
    this.endpoint = endpoint;
    show(
        meters,
        "warren.gateway.certificate.usable",
        "Whether the files of the certificate could be used when they were last read",
        certificate -> certificate.isUsable() ? 1 : 0);
    show(
        meters,
        "warren.gateway.certificate.end.seconds",
        "When the certificate that is presented ends, in seconds since 1970",
        certificate -> certificate.end().getEpochSecond());
  }

  /** Instead of that of the same port before, if there was one. */
  private void show(
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<ServerCertificate> value) {
    Optional.ofNullable(meters.find(name).tag("endpoint", endpoint).gauge())
        .ifPresent(meters::remove);
    Gauge.builder(name, this, value)
        .description(description)
        .tag("endpoint", endpoint)
        .register(meters);
  }

  /** Reads the files; does nothing if they are as before. */
  synchronized void read(TlsFiles now) {
    try {
      Path certificate = now.certificate();
      String chain = certificate.getFileName().toString();
      String key = now.key().getFileName().toString();
      List<byte[]> read = new SecretFolder(certificate.getParent()).read(chain, key);
      if (!SecretFolder.areEqual(read, files)) {
        use(Identity.of(chain, read.getFirst(), key, read.getLast()));
        files = read;
      }
      problem = "";
    } catch (InvalidPem e) {
      if (!problem.equals(e.getMessage())) {
        problem = e.getMessage();
        LOG.errorf(
            "%s: %s; %s",
            endpoint,
            problem,
            current == null ? "no client can connect" : "the last certificate is kept");
      }
    }
  }

  private void use(Identity read) throws InvalidPem {
    // Checks the order of the chain.
    read.managers();
    versions++;
    previous = current;
    current = new Version(Integer.toString(versions), read);
    X509Certificate certificate = read.chain().getFirst();
    LOG.infof(
        "%s: presents the certificate with the serial number %s, until %s",
        endpoint,
        certificate.getSerialNumber().toString(16),
        certificate.getNotAfter().toInstant());
  }

  private synchronized boolean isUsable() {
    return problem.isEmpty();
  }

  private Instant end() {
    Version now = current;
    return now == null
        ? Instant.EPOCH
        : now.identity().chain().getFirst().getNotAfter().toInstant();
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    Version now = current;
    return now != null && now.identity().key().getAlgorithm().equals(keyType) ? now.alias() : null;
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    Identity identity = identity(alias);
    return identity == null ? null : identity.key();
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    Identity identity = identity(alias);
    return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
  }

  private Identity identity(String alias) {
    return Stream.of(Optional.ofNullable(current), Optional.ofNullable(previous))
        .flatMap(Optional::stream)
        .filter(version -> version.alias().equals(alias))
        .map(Version::identity)
        .findFirst()
        .orElse(null);
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return chooseEngineServerAlias(keyType, issuers, null);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return NONE;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return NONE;
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return null;
  }
}
