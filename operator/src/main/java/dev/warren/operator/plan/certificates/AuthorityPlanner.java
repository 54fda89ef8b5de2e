package dev.warren.operator.plan.certificates;

import dev.warren.operator.certificates.CertificateInfo;
import dev.warren.operator.certificates.CertificateMaker;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.model.PemKeyPair;
import dev.warren.operator.model.RenewalRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Plans one CA: it is made, and renewed in steps. No step is taken before all nodes were seen to
 * serve what the last one changed.
 */
final class AuthorityPlanner {

  /** What nobody can prove needs time: until files are read again in Pods of consumers. */
  private static final Duration LONGEST_DWELL = Duration.ofMinutes(2);

  private static final int DWELLS_IN_A_LIFE = 20;

  private final String name;
  private final Duration life;
  private final RenewalRequest request;
  private final CertificateMaker maker;
  private final Instant now;

  /**
   * @param name the beginning of the CA's common name, at most 48 characters
   */
  AuthorityPlanner(
      String name, Duration life, RenewalRequest request, CertificateMaker maker, Instant now) {
    this.name = name;
    this.life = life;
    this.request = request;
    this.maker = maker;
    this.now = now;
  }

  /**
   * What there must be before any step: a CA that is valid.
   *
   * @param known CAs that are trusted although the Secret is gone
   */
  AuthorityState repaired(Optional<AuthorityState> seen, List<String> known) {
    AuthorityState state = seen.map(this::unexpired).orElseGet(() -> recreated(known));
    String value = request.name().toLowerCase(java.util.Locale.ROOT);
    if (request == RenewalRequest.LEAVES && !state.handled().equals(value)) {
      return state.withRenewed(value + " " + now.truncatedTo(ChronoUnit.SECONDS));
    }
    return request == RenewalRequest.NONE ? state.withRenewed("") : state;
  }

  /** Nobody trusts an expired CA any longer, so there is nothing to wait for. */
  private AuthorityState unexpired(AuthorityState state) {
    if (!state.info().hasExpired(now)) {
      return state;
    }
    return state
        .next()
        .filter(next -> !AuthorityState.info(next).hasExpired(now))
        .map(AuthorityState::fresh)
        .orElseGet(() -> AuthorityState.fresh(make()))
        .withRenewed(state.renewed())
        .withIssuer(state.issuer());
  }

  private AuthorityState recreated(List<String> known) {
    AuthorityState fresh = AuthorityState.fresh(make());
    List<String> valid =
        known.stream()
            .distinct()
            .filter(
                ca -> CertificateReader.first(ca).filter(info -> !info.hasExpired(now)).isPresent())
            .toList();
    return valid.isEmpty() ? fresh : fresh.recreated(valid);
  }

  private PemKeyPair make() {
    String unique = Long.toString(now.toEpochMilli(), Character.MAX_RADIX);
    return maker.authority(name + " " + unique, now, life);
  }

  /**
   * The next step, if there is one and it may be taken.
   *
   * @param others when what only others can prove was changed last; empty if nothing was
   * @param hasOthers whether somebody besides nodes trusts it
   */
  AuthorityState step(AuthorityState state, Optional<Instant> others, boolean hasOthers) {
    return switch (state.step()) {
      case STABLE -> isDue(state) ? trusting(state) : state;
      case TRUST ->
          hasOthers
                  && isRecent(state.next().map(AuthorityState::info).map(CertificateInfo::issuedAt))
              ? state
              : state.reissuing();
      case RECREATED -> isRecent(Optional.of(state.info().issuedAt())) ? state : state.reissuing();
      case REISSUE -> isRecent(others) ? state : state.alone();
    };
  }

  private AuthorityState trusting(AuthorityState state) {
    AuthorityState begun = state.trusting(make());
    return request == RenewalRequest.CA
        ? begun.withRenewed("ca " + now.truncatedTo(ChronoUnit.SECONDS))
        : begun;
  }

  private boolean isDue(AuthorityState state) {
    CertificateInfo info = state.info();
    boolean requested = request == RenewalRequest.CA && !state.handled().equals("ca");
    return requested || !now.isBefore(info.renewAt()) || isTooLong(info, life, now);
  }

  /** Whether it is valid for longer than the spec now says. */
  static boolean isTooLong(CertificateInfo info, Duration life, Instant now) {
    return info.notAfter().isAfter(now.plus(life).plus(life.dividedBy(10)));
  }

  private boolean isRecent(Optional<Instant> change) {
    Duration part = life.dividedBy(DWELLS_IN_A_LIFE);
    Duration dwell = part.compareTo(LONGEST_DWELL) < 0 ? part : LONGEST_DWELL;
    return change.filter(at -> now.isBefore(at.plus(dwell))).isPresent();
  }
}
