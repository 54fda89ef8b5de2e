package dev.warren.operator.certificates;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The facts of a certificate.
 *
 * @param fingerprint SHA-256 of the whole certificate, in hexadecimal digits
 * @param serial its serial number, in hexadecimal digits
 * @param subject whose it is, as a distinguished name
 * @param issuer who signed it, as a distinguished name
 * @param names its DNS names
 * @param authority whether it is the certificate of a CA
 */
public record CertificateInfo(
    String fingerprint,
    String serial,
    String subject,
    String issuer,
    Instant notBefore,
    Instant notAfter,
    List<String> names,
    boolean authority) {

  /** Certificates are valid a little before they are made, for clocks that are late. */
  static final Duration LONGEST_BACKDATE = Duration.ofMinutes(5);

  private static final int BACKDATED_PART = 10;

  /** How long before it is made a certificate becomes valid. */
  static Duration backdate(Duration life) {
    Duration part = Duration.ofSeconds(life.toSeconds() / BACKDATED_PART);
    return part.compareTo(LONGEST_BACKDATE) < 0 ? part : LONGEST_BACKDATE;
  }

  /** When Warren made it; not for certificates of others. */
  public Instant issuedAt() {
    Duration whole = Duration.ofSeconds(life().toSeconds() / (BACKDATED_PART + 1));
    return notBefore.plus(whole.compareTo(LONGEST_BACKDATE) < 0 ? whole : LONGEST_BACKDATE);
  }

  /** From its first to its last moment. */
  public Duration life() {
    return Duration.between(notBefore, notAfter);
  }

  /** When it must be renewed: after two thirds of its life. */
  public Instant renewAt() {
    return notBefore.plus(life().multipliedBy(2).dividedBy(3));
  }

  /** Whether less than a sixth of its life is left. */
  public boolean isEnding(Instant now) {
    return !now.isBefore(notAfter.minus(life().dividedBy(6)));
  }

  public boolean hasExpired(Instant now) {
    return !now.isBefore(notAfter);
  }
}
