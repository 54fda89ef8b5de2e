package dev.warren.operator.certificates;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The names in certificates. */
final class GivenNames {

  private static final int DNS = 2;
  private static final int ADDRESS = 7;

  private GivenNames() {}

  /** The DNS names of a certificate. */
  static List<String> dns(X509Certificate certificate) {
    return of(certificate, DNS);
  }

  /** The DNS names and the addresses. */
  static List<String> all(X509Certificate certificate) {
    return Stream.concat(of(certificate, DNS).stream(), of(certificate, ADDRESS).stream()).toList();
  }

  private static List<String> of(X509Certificate certificate, int type) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> Integer.valueOf(type).equals(name.get(0)))
              .map(name -> String.valueOf(name.get(1)))
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  /** Whether a name of a certificate, perhaps with a wildcard as its first label, is for a host. */
  static boolean matches(String name, String host) {
    String wanted = host.toLowerCase(Locale.ROOT);
    String given = name.toLowerCase(Locale.ROOT);
    return given.equals(wanted)
        || (given.startsWith("*.")
            && wanted.indexOf('.') > 0
            && wanted.substring(wanted.indexOf('.')).equals(given.substring(1)));
  }
}
