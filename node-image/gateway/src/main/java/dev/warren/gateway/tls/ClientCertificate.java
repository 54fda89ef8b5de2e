package dev.warren.gateway.tls;

import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jboss.logging.Logger;

/**
 * The certificate of this program for servers that ask for one, from files that are read again at
 * every handshake. Without any that can be used, there is none. For any thread.
 */
public final class ClientCertificate extends X509ExtendedKeyManager {

  private static final Logger LOG = Logger.getLogger(ClientCertificate.class);
  private static final String ALIAS = "own";
  private static final String[] NONE = {};

  private final Path certificate;
  private final Path key;
  private volatile Identity current;

  /** Both in one folder, in PEM. */
  public ClientCertificate(Path certificate, Path key) {
    this.certificate = certificate;
    this.key = key;
  }

  private String read() {
    String chainFile = certificate.getFileName().toString();
    String keyFile = key.getFileName().toString();
    try {
      List<byte[]> files = new SecretFolder(certificate.getParent()).read(chainFile, keyFile);
      current = Identity.of(chainFile, files.getFirst(), keyFile, files.getLast());
      return ALIAS;
    } catch (InvalidPem e) {
      LOG.errorf("The certificate for the broker cannot be used: %s", e.getMessage());
      return current == null ? null : ALIAS;
    }
  }

  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    String alias = read();
    Identity now = current;
    return now != null && List.of(keyTypes).contains(now.key().getAlgorithm()) ? alias : null;
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return chooseEngineClientAlias(keyTypes, issuers, null);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return current.key();
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return current.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return NONE;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return NONE;
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return null;
  }
}
