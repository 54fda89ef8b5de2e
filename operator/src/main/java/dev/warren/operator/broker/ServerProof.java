package dev.warren.operator.broker;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;

/**
 * What a server must prove: that a known CA has signed its certificate, that this is valid now, and
 * that it has exactly this name. Wildcards do not count, nor does the common name.
 *
 * @param authorities the known CAs
 * @param host the name
 */
record ServerProof(X509TrustManager authorities, String host) {

  private static final int DNS_NAME = 2;

  /**
   * Checks the certificates that a server presents.
   *
   * @throws CertificateException when they do not prove it
   */
  void check(X509Certificate[] chain, String keyType) throws CertificateException {
    authorities.checkServerTrusted(chain, keyType);
    List<String> names = names(chain[0]);
    if (names.stream().noneMatch(host::equalsIgnoreCase)) {
      throw new CertificateException(
          "the certificate is for %s and not for %s"
              .formatted(names.isEmpty() ? "no name" : String.join(", ", names), host));
    }
  }

  private static List<String> names(X509Certificate certificate)
      throws CertificateParsingException {
    return Stream.ofNullable(certificate.getSubjectAlternativeNames())
        .flatMap(Collection::stream)
        .filter(name -> name.get(0).equals(DNS_NAME))
        .map(name -> name.get(1).toString())
        .toList();
  }
}
