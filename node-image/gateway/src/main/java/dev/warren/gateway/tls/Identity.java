package dev.warren.gateway.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * A certificate and its key.
 *
 * @param chain the certificate first, then those of authorities up to one that is trusted
 */
public record Identity(List<X509Certificate> chain, PrivateKey key) {

  private static final byte[] SAMPLE = {1};
  private static final char[] NO_PASSWORD = {};

  /**
   * Reads both in PEM.
   *
   * @throws InvalidPem if one cannot be read, or they do not belong together
   */
  public static Identity of(String chainFile, byte[] chain, String keyFile, byte[] key)
      throws InvalidPem {
    List<X509Certificate> certificates = Pem.certificates(chainFile, chain);
    PublicKey its = certificates.getFirst().getPublicKey();
    PrivateKey read = Pem.key(keyFile, key, its);
    if (!belongTogether(its, read)) {
      throw Pem.doesNotBelong(keyFile);
    }
    return new Identity(certificates, read);
  }

  /**
   * For connections that show this certificate when they are asked.
   *
   * @throws InvalidPem if the certificates of the chain are not in order
   */
  public KeyManager[] managers() throws InvalidPem {
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, NO_PASSWORD);
      return managers.getKeyManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new InvalidPem("the certificate cannot be used: " + e.getMessage());
    }
  }

  private static boolean belongTogether(PublicKey one, PrivateKey other) throws InvalidPem {
    String algorithm =
        switch (one.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
          default ->
              throw new InvalidPem(
                  "certificates with %s are not supported".formatted(one.getAlgorithm()));
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(other);
      signature.update(SAMPLE);
      byte[] signed = signature.sign();
      signature.initVerify(one);
      signature.update(SAMPLE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
