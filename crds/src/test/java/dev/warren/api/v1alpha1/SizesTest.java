package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "1k, 1000",
    "1Ki, 1024",
    "500M, 500000000",
    "500Mi, 524288000",
    "10Gi, 10737418240",
    "1.5Gi, 1610612736",
    "0.1Gi, 107374183",
    "2T, 2000000000000",
    "1Pi, 1125899906842624",
    "99999999999999999Pi, 9223372036854775807"
  })
  void aSizeIsItsNumberTimesItsUnitRoundedUp(String text, long bytes) {
    assertThat(Sizes.bytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "ten",
        "-1Gi",
        "+1Gi",
        "10 Gi",
        "10GB",
        "10gi",
        "10K",
        "500m",
        ".5Gi",
        "5.",
        "1e9",
        "5e9999999999999",
        "10Gi\n"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Sizes.bytes(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not a size in bytes, such as 10Gi or 500Mi");
  }
}
