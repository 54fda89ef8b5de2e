package dev.warren.operator.observe;

import dev.warren.operator.certificates.CertificateReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asks a server for its certificate, and sends nothing. It trusts any, because the certificate
 * itself is what is asked for.
 */
final class TlsHandshake implements CertificateProbe.Handshake {

  private static final int MILLIS = (int) Duration.ofSeconds(2).toMillis();

  @Override
  public String fingerprint(String address, int port) throws IOException {
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(address, port), MILLIS);
      plain.setSoTimeout(MILLIS);
      try (SSLSocket socket =
          (SSLSocket) context().getSocketFactory().createSocket(plain, address, port, true)) {
        socket.startHandshake();
        return CertificateReader.fingerprint(
            socket.getSession().getPeerCertificates()[0].getEncoded());
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** A new one each time: a resumed session would show the certificate of the last one. */
  private static SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Any()}, null);
    return context;
  }

  private static final class Any extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      // It is never a server.
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
      // It is never a server.
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      // It is never a server.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      // Compared afterwards.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      // Compared afterwards.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      // Compared afterwards.
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
