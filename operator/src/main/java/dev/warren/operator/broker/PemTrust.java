package dev.warren.operator.broker;

import dev.warren.operator.certificates.CertificateException;
import dev.warren.operator.certificates.Pem;
import dev.warren.operator.model.PemKeyPair;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Makes of PEM texts what Java's TLS needs. */
final class PemTrust {

  private PemTrust() {}

  /**
   * What trusts these CAs and no others.
   *
   * @throws GeneralSecurityException when the text is not one certificate or more
   */
  static X509TrustManager of(String authorities) throws GeneralSecurityException {
    KeyStore store = empty();
    int n = 0;
    for (Certificate authority : certificates(authorities)) {
      store.setCertificateEntry("ca-" + n++, authority);
    }
    return trust(store);
  }

  /** What trusts the CAs that the operator's image knows. */
  static X509TrustManager ofTheSystem() throws GeneralSecurityException {
    return trust(null);
  }

  private static X509TrustManager trust(KeyStore authorities) throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(authorities);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /** For connections that are verified so. */
  static SSLContext context(TrustManager trust, Optional<PemKeyPair> client)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] keys = client.isPresent() ? keys(client.get()) : null;
    context.init(keys, new TrustManager[] {trust}, null);
    return context;
  }

  private static KeyManager[] keys(PemKeyPair pair) throws GeneralSecurityException {
    KeyStore store = empty();
    char[] none = {};
    store.setKeyEntry(
        "client",
        key(pair.key()),
        none,
        certificates(pair.certificate()).toArray(Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, none);
    return factory.getKeyManagers();
  }

  private static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    try {
      return Pem.certificates(pem);
    } catch (CertificateException e) {
      throw new GeneralSecurityException(e.getMessage(), e);
    }
  }

  private static PrivateKey key(String pem) throws GeneralSecurityException {
    try {
      return Pem.key(pem);
    } catch (CertificateException e) {
      throw new GeneralSecurityException(e.getMessage(), e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty store can be made", e);
    }
    return store;
  }
}
