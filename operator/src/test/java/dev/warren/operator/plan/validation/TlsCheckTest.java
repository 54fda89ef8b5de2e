package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.TlsSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lives of certificates and of their CAs. */
class TlsCheckTest {

  @Test
  void theDefaultsAreValid() {
    assertThat(TlsCheck.violations(TlsSpec.DEFAULTS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2m, 6m, true", "2m1s, 6m, false", "90d, 270d, true", "90d, 30d, false"})
  void aCaLivesThreeTimesAsLongAsACertificate(String leaf, String authority, boolean valid) {
    assertThat(
            TlsCheck.violations(new TlsSpec(null, null, null, null, leaf, authority))
                .map(Violation::path))
        .hasSameElementsAs(valid ? List.of() : List.of("spec.tls.authorityDuration"));
  }
}
