package dev.warren.gateway.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** The authorities of one file, and no others. */
public final class Trust {

  private Trust() {}

  /**
   * Trusts these authorities only.
   *
   * @param content certificates in PEM
   * @throws InvalidPem if there is none, or one cannot be read
   */
  public static TrustManager[] in(String file, byte[] content) throws InvalidPem {
    try {
      KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
      authorities.load(null, null);
      for (X509Certificate authority : Pem.certificates(file, content)) {
        authorities.setCertificateEntry(Integer.toString(authorities.size()), authority);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(authorities);
      return managers.getTrustManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new InvalidPem(file, "cannot be used: " + e.getMessage());
    }
  }
}
