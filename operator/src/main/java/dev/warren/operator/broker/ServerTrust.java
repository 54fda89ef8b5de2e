package dev.warren.operator.broker;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Verifies servers that are reached by an address, by the name that each of them must have. Java's
 * own check would want the address in the certificate.
 */
final class ServerTrust extends X509ExtendedTrustManager {

  /** Finds what the server at an address must prove. */
  interface Proofs {

    /**
     * What it must prove.
     *
     * @param address as {@link ServerTrust#address} writes it
     * @throws CertificateException when nothing is known of this server
     */
    ServerProof at(String address) throws CertificateException;
  }

  private static final X509Certificate[] NO_ISSUERS = {};

  private final Proofs proofs;

  ServerTrust(Proofs proofs) {
    this.proofs = proofs;
  }

  /** An address and a port; the same text for all ways to write the address. */
  static String address(String host, int port) {
    String bare = host.replaceAll("[\\[\\]]", "");
    return (bare.contains(":") ? literal(bare) : bare) + " " + port;
  }

  /** A text with a colon is never looked up. */
  private static String literal(String ip) {
    try {
      return InetAddress.getByName(ip).getHostAddress();
    } catch (UnknownHostException e) {
      return ip;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyType, SSLEngine engine)
      throws CertificateException {
    proofs.at(address(engine.getPeerHost(), engine.getPeerPort())).check(chain, keyType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyType, Socket socket)
      throws CertificateException {
    InetAddress peer = socket.getInetAddress();
    if (peer == null) {
      throw new CertificateException("the server's address is not known");
    }
    proofs.at(address(peer.getHostAddress(), socket.getPort())).check(chain, keyType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyType)
      throws CertificateException {
    throw new CertificateException("the server's address is not known");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String keyType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, keyType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String keyType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, keyType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String keyType)
      throws CertificateException {
    throw new CertificateException("this is no server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NO_ISSUERS.clone();
  }
}
