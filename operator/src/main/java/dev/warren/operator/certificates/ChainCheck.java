package dev.warren.operator.certificates;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks that each certificate of a chain is signed by the next one. */
final class ChainCheck {

  /** The bit of a key usage that allows to sign certificates. */
  private static final int KEY_CERT_SIGN = 5;

  private ChainCheck() {}

  /**
   * Checks a chain.
   *
   * @param roots what clients trust, if it is known
   * @throws CertificateException with the first fault
   */
  static void check(List<X509Certificate> chain, Optional<List<X509Certificate>> roots, Instant now)
      throws CertificateException {
    for (int i = 1; i < chain.size(); i++) {
      checkLink(chain, chain.get(i - 1), chain.get(i));
      checkAuthority(chain.get(i), "certificate %d of the chain".formatted(i + 1), now);
      if (!isSelfSigned(chain.get(i))) {
        GivenCertificate.checkStrength(
            chain.get(i), "certificate %d of the chain".formatted(i + 1));
      }
    }
    if (roots.isEmpty()) {
      return;
    }
    for (X509Certificate root : roots.get()) {
      checkAuthority(root, "a certificate in ca.crt", now);
    }
    X509Certificate last = chain.getLast();
    if (Stream.concat(roots.get().stream(), Stream.of(last).filter(ChainCheck::isSelfSigned))
        .noneMatch(root -> root.equals(last) || CertificateReader.isSignedBy(last, root))) {
      throw new CertificateException(
          "the chain in tls.crt is incomplete: no CA in ca.crt has signed its last certificate, "
              + "whose issuer is "
              + last.getIssuerX500Principal());
    }
    if (roots.get().stream().noneMatch(root -> leadsTo(chain, root))) {
      throw new CertificateException("the CA in ca.crt is not that of the chain in tls.crt");
    }
  }

  private static boolean leadsTo(List<X509Certificate> chain, X509Certificate root) {
    return chain.stream()
        .anyMatch(one -> one.equals(root) || CertificateReader.isSignedBy(one, root));
  }

  private static void checkLink(
      List<X509Certificate> chain, X509Certificate one, X509Certificate next)
      throws CertificateException {
    if (CertificateReader.isSignedBy(one, next)) {
      return;
    }
    boolean elsewhere =
        chain.stream()
            .filter(other -> !other.equals(one))
            .anyMatch(other -> CertificateReader.isSignedBy(one, other));
    throw new CertificateException(
        elsewhere
            ? "the chain in tls.crt is out of order: each certificate must be followed by its"
                + " issuer's"
            : "the chain in tls.crt is incomplete: the certificate of %s is missing"
                .formatted(one.getIssuerX500Principal()));
  }

  /** Checks that a certificate is that of a CA, and valid now. */
  static void checkAuthority(X509Certificate certificate, String which, Instant now)
      throws CertificateException {
    if (certificate.getBasicConstraints() < 0) {
      throw new CertificateException(which + " is not that of a CA");
    }
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      throw new CertificateException(
          which + " must not sign certificates: its key usage lacks keyCertSign");
    }
    GivenCertificate.checkTimes(certificate, which, now);
  }

  static boolean isSelfSigned(X509Certificate certificate) {
    return CertificateReader.isSignedBy(certificate, certificate);
  }
}
