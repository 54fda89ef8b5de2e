package dev.warren.operator.certificates;

import dev.warren.operator.model.CertificateFiles;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The CA of clients' certificates from a user's Secret, found to be usable.
 *
 * @param certificate as PEM
 */
public record GivenAuthority(String certificate, CertificateInfo info) {

  private static final String WHICH = "the certificate in ca.crt";

  /**
   * Checks a Secret.
   *
   * @param data the Secret's data, as Kubernetes has it
   * @throws CertificateException with the first fault, such as "ca.crt is empty"
   */
  public static GivenAuthority of(Map<String, String> data, Instant now)
      throws CertificateException {
    GivenCertificate.checkSize(data);
    List<X509Certificate> found = GivenCertificate.certificates(data, CertificateFiles.CA);
    if (found.size() > 1) {
      throw new CertificateException(
          "ca.crt has %d certificates, and must have exactly one".formatted(found.size()));
    }
    X509Certificate root = found.getFirst();
    ChainCheck.checkAuthority(root, WHICH, now);
    if (!ChainCheck.isSelfSigned(root)) {
      throw new CertificateException(
          WHICH + " is not self-signed: RabbitMQ would trust nobody by an intermediate alone");
    }
    GivenCertificate.checkStrength(root, WHICH);
    return new GivenAuthority(Pem.of(root), CertificateReader.info(root));
  }
}
