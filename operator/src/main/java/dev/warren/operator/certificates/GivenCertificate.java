package dev.warren.operator.certificates;

import dev.warren.operator.model.CertificateFiles;
import dev.warren.operator.model.PemKeyPair;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A certificate from a user's Secret that was found to be usable.
 *
 * @param pair the chain, and the key as PKCS #8
 * @param ca what verifies it, if the Secret has it
 * @param info the facts of the certificate
 */
public record GivenCertificate(PemKeyPair pair, Optional<String> ca, CertificateInfo info) {

  /** Of a whole Secret; the API server would take 1 MiB. */
  static final int MOST_BYTES = 64 << 10;

  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_USE = "2.5.29.37.0";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int FEWEST_RSA_BITS = 2048;

  /**
   * Checks a Secret.
   *
   * @param data the Secret's data, as Kubernetes has it
   * @param host the name that clients connect to; empty if any name will do
   * @throws CertificateException with the first fault, such as "tls.crt is empty"
   */
  public static GivenCertificate of(Map<String, String> data, Optional<String> host, Instant now)
      throws CertificateException {
    checkSize(data);
    List<X509Certificate> chain = certificates(data, CertificateFiles.CERTIFICATE);
    PrivateKey key = key(data);
    X509Certificate leaf = chain.getFirst();
    checkKey(chain, key);
    checkTimes(leaf, "the certificate", now);
    checkUse(leaf);
    checkNames(leaf, host);
    checkStrength(leaf, "the certificate");
    Optional<List<X509Certificate>> roots =
        data.containsKey(CertificateFiles.CA)
            ? Optional.of(certificates(data, CertificateFiles.CA))
            : Optional.empty();
    ChainCheck.check(chain, roots, now);
    return new GivenCertificate(
        new PemKeyPair(Pem.of(chain), Pem.of(key)),
        roots.map(Pem::of),
        CertificateReader.info(leaf));
  }

  static void checkSize(Map<String, String> data) throws CertificateException {
    int size = data.values().stream().mapToInt(String::length).sum();
    if (size > MOST_BYTES) {
      throw new CertificateException(
          "is too big: it has more than %d KiB".formatted(MOST_BYTES >> 10));
    }
  }

  static List<X509Certificate> certificates(Map<String, String> data, String key)
      throws CertificateException {
    try {
      return Pem.certificates(text(data, key));
    } catch (CertificateException e) {
      throw new CertificateException(key + " " + e.getMessage());
    }
  }

  private static PrivateKey key(Map<String, String> data) throws CertificateException {
    try {
      return Pem.key(text(data, CertificateFiles.KEY));
    } catch (CertificateException e) {
      throw new CertificateException(CertificateFiles.KEY + " " + e.getMessage());
    }
  }

  private static String text(Map<String, String> data, String key) throws CertificateException {
    String encoded = data.get(key);
    if (encoded == null) {
      throw new CertificateException("is missing");
    }
    try {
      return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new CertificateException("is not PEM");
    }
  }

  private static void checkKey(List<X509Certificate> chain, PrivateKey key)
      throws CertificateException {
    if (CertificateReader.fit(chain.getFirst(), key)) {
      return;
    }
    boolean later = chain.stream().anyMatch(one -> CertificateReader.fit(one, key));
    throw new CertificateException(
        later
            ? "the chain in tls.crt is out of order: the key's certificate must be first"
            : "the key in tls.key is not that of the certificate in tls.crt");
  }

  static void checkTimes(X509Certificate certificate, String which, Instant now)
      throws CertificateException {
    Instant end = certificate.getNotAfter().toInstant();
    Instant begin = certificate.getNotBefore().toInstant();
    if (!now.isBefore(end)) {
      throw new CertificateException(which + " expired at " + end);
    }
    if (now.isBefore(begin)) {
      throw new CertificateException(which + " is not valid before " + begin);
    }
  }

  private static void checkUse(X509Certificate leaf) throws CertificateException {
    if (leaf.getBasicConstraints() >= 0) {
      throw new CertificateException(
          "the first certificate in tls.crt is that of a CA, and not of a server");
    }
    try {
      List<String> uses = leaf.getExtendedKeyUsage();
      if (uses != null && !uses.contains(SERVER_AUTH) && !uses.contains(ANY_USE)) {
        throw new CertificateException(
            "the certificate is not for servers: its extended key usage lacks serverAuth");
      }
    } catch (CertificateParsingException e) {
      throw new CertificateException("the certificate's extended key usage cannot be read");
    }
    boolean[] usage = leaf.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      throw new CertificateException(
          "the certificate cannot be used with TLS 1.3: its key usage lacks digitalSignature");
    }
  }

  private static void checkNames(X509Certificate leaf, Optional<String> host)
      throws CertificateException {
    List<String> names = GivenNames.all(leaf);
    if (names.isEmpty()) {
      throw new CertificateException(
          "the certificate has no subject alternative name, and clients ignore its common name");
    }
    if (host.isPresent()
        && names.stream().noneMatch(name -> GivenNames.matches(name, host.get()))) {
      throw new CertificateException(
          "the certificate is not for the name %s, but for %s"
              .formatted(host.get(), String.join(", ", names.stream().limit(5).toList())));
    }
  }

  static void checkStrength(X509Certificate certificate, String which) throws CertificateException {
    if (certificate.getPublicKey() instanceof RSAKey rsa
        && rsa.getModulus().bitLength() < FEWEST_RSA_BITS) {
      throw new CertificateException(
          "%s has an RSA key of %d bits, and %d are the least"
              .formatted(which, rsa.getModulus().bitLength(), FEWEST_RSA_BITS));
    }
    String signature = certificate.getSigAlgName().toUpperCase(java.util.Locale.ROOT);
    if (signature.startsWith("SHA1") || signature.startsWith("MD5")) {
      throw new CertificateException(
          "%s is signed with %s, which clients do not trust"
              .formatted(which, certificate.getSigAlgName()));
    }
  }
}
