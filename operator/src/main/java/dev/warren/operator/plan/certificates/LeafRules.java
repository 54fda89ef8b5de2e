package dev.warren.operator.plan.certificates;

import dev.warren.operator.certificates.CertificateInfo;
import dev.warren.operator.certificates.CertificateMaker;
import dev.warren.operator.certificates.CertificateMaker.LeafRequest;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.model.PemKeyPair;
import dev.warren.operator.plan.certificates.AuthorityState.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** When a certificate that a CA has issued is kept, and when it is issued anew. */
final class LeafRules {

  private final CertificateMaker maker;
  private final Duration life;
  private final Instant now;

  LeafRules(CertificateMaker maker, Duration life, Instant now) {
    this.maker = maker;
    this.life = life;
    this.now = now;
  }

  Duration life() {
    return life;
  }

  /**
   * The certificate that there is, or a new one.
   *
   * @param sameTrust whether its holder's list of trusted CAs stays as it is. It is issued anew
   *     with each change of that list, so that whoever serves it has read the list too
   */
  PemKeyPair keepOrIssue(
      Optional<PemKeyPair> seen, AuthorityState authority, LeafRequest request, boolean sameTrust) {
    return seen.filter(pair -> isCurrent(pair, authority, request, sameTrust))
        .orElseGet(() -> maker.leaf(authority.signing(), request, now));
  }

  private boolean isCurrent(
      PemKeyPair pair, AuthorityState authority, LeafRequest request, boolean sameTrust) {
    Optional<CertificateInfo> found = CertificateReader.first(pair.certificate());
    if (found.isEmpty()
        || found.get().hasExpired(now)
        || !Set.copyOf(found.get().names()).equals(Set.copyOf(request.names()))
        || !CertificateReader.isPair(pair)) {
      return false;
    }
    if (authority.step() == Step.RECREATED) {
      return isBy(authority, pair);
    }
    return sameTrust
        && CertificateReader.isSignedBy(pair.certificate(), authority.signing().certificate())
        && !isDue(found.get(), authority)
        && !found.get().issuedAt().isBefore(authority.leavesFrom());
  }

  /** Whether one of the CAs that are trusted now has signed it. */
  static boolean isBy(AuthorityState authority, PemKeyPair pair) {
    return authority.bundle().stream()
        .anyMatch(ca -> CertificateReader.isSignedBy(pair.certificate(), ca));
  }

  /** Not when a new one would end as early, because its CA ends. */
  private boolean isDue(CertificateInfo leaf, AuthorityState authority) {
    return AuthorityPlanner.isTooLong(leaf, life, now)
        || (!now.isBefore(leaf.renewAt()) && authority.info().notAfter().isAfter(leaf.notAfter()));
  }
}
