package dev.warren.operator.plan.validation;

import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.TlsSpec;
import java.time.Duration;
import java.util.stream.Stream;

/** Checks that no certificate must outlive the CA that signs it. */
final class TlsCheck {

  private static final int LEAVES_IN_A_LIFE = 3;

  private TlsCheck() {}

  static Stream<Violation> violations(TlsSpec tls) {
    Duration leaf = Durations.parse(tls.certificateDuration());
    Duration authority = Durations.parse(tls.authorityDuration());
    return authority.compareTo(leaf.multipliedBy(LEAVES_IN_A_LIFE)) >= 0
        ? Stream.empty()
        : Stream.of(
            new Violation(
                "spec.tls.authorityDuration",
                "must be at least three times certificateDuration: %s is too short for %s"
                    .formatted(tls.authorityDuration(), tls.certificateDuration())));
  }
}
