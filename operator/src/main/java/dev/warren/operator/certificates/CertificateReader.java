package dev.warren.operator.certificates;

import dev.warren.operator.model.PemKeyPair;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads certificates. The same text has the same answer always, so the last answers are remembered:
 * a pass that changes nothing does no cryptography. Thread-safe.
 */
public final class CertificateReader {

  private static final int MOST_REMEMBERED = 20_000;

  private static final Map<String, Object> ANSWERS =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Object> eldest) {
              return size() > MOST_REMEMBERED;
            }
          });

  private CertificateReader() {}

  /** The facts of the first certificate in a text; empty if none can be read. */
  public static Optional<CertificateInfo> first(String pem) {
    return all(pem).stream().findFirst();
  }

  /** The facts of all certificates in a text; none if they cannot be read. */
  public static List<CertificateInfo> all(String pem) {
    return remembered(
        "all", pem, "", () -> read(pem).stream().map(CertificateReader::info).toList());
  }

  /** The single certificates of a text, each as a text; none if they cannot be read. */
  public static List<String> split(String pem) {
    return remembered("split", pem, "", () -> read(pem).stream().map(Pem::of).toList());
  }

  /** Whether the key is that of the first certificate. */
  public static boolean isPair(PemKeyPair pair) {
    return remembered(
        "pair",
        pair.certificate(),
        pair.key(),
        () -> {
          try {
            return fit(Pem.certificates(pair.certificate()).getFirst(), Pem.key(pair.key()));
          } catch (CertificateException e) {
            return false;
          }
        });
  }

  /** Whether the CA has signed the first certificate of a text. */
  public static boolean isSignedBy(String pem, String authority) {
    return remembered(
        "signed",
        pem,
        authority,
        () -> {
          List<X509Certificate> leaf = read(pem);
          List<X509Certificate> issuer = read(authority);
          return !leaf.isEmpty()
              && !issuer.isEmpty()
              && isSignedBy(leaf.getFirst(), issuer.getFirst());
        });
  }

  static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Signs something with the key, and verifies it with the certificate. */
  static boolean fit(X509Certificate certificate, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA", "RSASSA-PSS" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    byte[] something = "something".getBytes(StandardCharsets.UTF_8);
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(something);
      byte[] signed = signature.sign();
      PublicKey other = certificate.getPublicKey();
      signature.initVerify(other);
      signature.update(something);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  static CertificateInfo info(X509Certificate certificate) {
    try {
      return new CertificateInfo(
          fingerprint(certificate.getEncoded()),
          certificate.getSerialNumber().toString(16),
          certificate.getSubjectX500Principal().getName(),
          certificate.getIssuerX500Principal().getName(),
          certificate.getNotBefore().toInstant().truncatedTo(ChronoUnit.SECONDS),
          certificate.getNotAfter().toInstant().truncatedTo(ChronoUnit.SECONDS),
          GivenNames.dns(certificate),
          certificate.getBasicConstraints() >= 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  /** As in {@link CertificateInfo#fingerprint}, of an encoded certificate. */
  public static String fingerprint(byte[] encoded) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
  }

  private static List<X509Certificate> read(String pem) {
    try {
      return Pem.certificates(pem);
    } catch (CertificateException e) {
      return List.of();
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> T remembered(String question, String one, String other, Supplier<T> answer) {
    String key = question + digest(one) + digest(other);
    T known = (T) ANSWERS.get(key);
    if (known != null) {
      return known;
    }
    T found = answer.get();
    ANSWERS.put(key, found);
    return found;
  }

  private static String digest(String text) {
    try {
      return fingerprint(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
