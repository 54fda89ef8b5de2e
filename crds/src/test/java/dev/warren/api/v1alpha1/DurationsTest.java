package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "0s, PT0S",
    "0d, PT0S",
    "500ms, PT0.5S",
    "30s, PT30S",
    "90m, PT1H30M",
    "1h30m, PT1H30M",
    "7d, PT168H",
    "1d2h3m4s5ms, PT26H3M4.005S",
    "1d5ms, PT24H0.005S",
    "007s, PT7S",
    "604800000ms, PT168H"
  })
  void aDurationIsTheSumOfItsParts(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @Test
  void theLongestDurationDoesNotOverflow() {
    Duration longest = Durations.parse("9999d99999h9999999m999999999s999999999999ms");
    assertThat(longest.toMillis()).isPositive();
    assertThat(longest).isGreaterThan(Duration.ofDays(9999));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "5", "s", "1x", "-5s", "+5s", "1.5h", "1 h", "30m1h", "1h1h", "1H", "PT1H", "1s\n",
        "10000d", "never"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not a duration, such as 500ms, 30s, 1h30m or 7d");
  }
}
