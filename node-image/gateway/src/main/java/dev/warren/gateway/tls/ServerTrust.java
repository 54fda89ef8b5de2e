package dev.warren.gateway.tls;

import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts servers of the authorities in a file, which is read again at every handshake; always
 * verifies the host's name, also if the client library does not ask for it. For any thread.
 */
public final class ServerTrust extends X509ExtendedTrustManager {

  private static final X509Certificate[] NONE = {};

  /** What Java knows as the rules of RFC 2818. */
  private static final String VERIFIED = "HTTPS";

  private final Optional<Path> authorities;
  private List<byte[]> read = List.of();
  private X509ExtendedTrustManager current;

  /**
   * @param authorities in PEM; empty for those that the system trusts
   */
  public ServerTrust(Optional<Path> authorities) {
    this.authorities = authorities;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    SSLSocket verified = (SSLSocket) socket;
    SSLParameters parameters = verified.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(VERIFIED);
    verified.setSSLParameters(parameters);
    now().checkServerTrusted(chain, type, verified);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(VERIFIED);
    engine.setSSLParameters(parameters);
    now().checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("the host's name is not known");
  }

  private synchronized X509ExtendedTrustManager now() throws CertificateException {
    try {
      if (authorities.isEmpty()) {
        current = current == null ? system() : current;
        return current;
      }
      Path file = authorities.get();
      String name = file.getFileName().toString();
      List<byte[]> content = new SecretFolder(file.getParent()).read(name);
      if (!SecretFolder.areEqual(content, read)) {
        current = extended(Trust.in(name, content.getFirst()));
        read = content;
      }
      return current;
    } catch (InvalidPem e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private static X509ExtendedTrustManager system() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      return extended(factory.getTrustManagers());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has authorities", e);
    }
  }

  private static X509ExtendedTrustManager extended(TrustManager[] managers) {
    return (X509ExtendedTrustManager) managers[0];
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NONE;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("there are no clients here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }
}
