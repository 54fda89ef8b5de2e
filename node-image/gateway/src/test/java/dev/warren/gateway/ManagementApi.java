package dev.warren.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The management API of the RabbitMQ that {@code make test-node} starts. It is reached by its
 * address, and proves itself by the name in its certificate.
 */
public final class ManagementApi {

  public static final URI URL = URI.create(required("WARREN_BROKER_URL"));
  public static final String USER = required("WARREN_BROKER_USER");
  public static final String PASSWORD = required("WARREN_BROKER_PASSWORD");

  /** PEM: what verifies the broker. */
  public static final Path AUTHORITY = Path.of(required("WARREN_BROKER_CA"));

  /** The name in the broker's certificate. */
  public static final String NAME = required("WARREN_BROKER_HOST");

  public static final HttpClient HTTP = client();

  private ManagementApi() {}

  /** The value of a variable that the test needs. */
  private static String required(String variable) {
    return Objects.requireNonNull(
        System.getenv(variable), variable + " is not set: run this test by `make test-node`");
  }

  private static HttpClient client() {
    try (InputStream file = Files.newInputStream(AUTHORITY)) {
      Certificate authority = CertificateFactory.getInstance("X.509").generateCertificate(file);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", authority);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          null,
          new TrustManager[] {new Named((X509TrustManager) factory.getTrustManagers()[0])},
          null);
      return HttpClient.newBuilder().sslContext(context).build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the broker's CA cannot be read", e);
    }
  }

  private static final class Named extends X509ExtendedTrustManager {

    private final X509TrustManager authority;

    private Named(X509TrustManager authority) {
      this.authority = authority;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      authority.checkServerTrusted(chain, type);
      boolean isNamed =
          Optional.ofNullable(chain[0].getSubjectAlternativeNames()).orElse(List.of()).stream()
              .anyMatch(name -> name.get(1).equals(NAME));
      if (!isNamed) {
        throw new CertificateException("the certificate is not for " + NAME);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("this is no server");
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

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authority.getAcceptedIssuers();
    }
  }
}
