package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which known name an unknown one was meant to be. */
class MisspellingTest {

  private static final List<String> KNOWN =
      List.of(
          "x-max-length", "x-max-length-bytes", "x-max-age", "x-queue-mode", "alternate-exchange");

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "x-max-length,        -",
        "x-max-lenght,        x-max-length",
        "x-max-lengt,         x-max-length",
        "x-max-lengthh,       x-max-length",
        "x-max-langth,        x-max-length",
        "max-length,          x-max-length",
        "maxLength,           x-max-length",
        "x_max_length,        x-max-length",
        "X-Max-Length,        x-max-length",
        "x-alternate-exchange, alternate-exchange",
        "alternate_exchange,  alternate-exchange",
        // of plugins and of nobody
        "x-message-deduplication, -",
        "x-queue-name,        -",
        "x-max-hops,          -",
        "x-,                  -",
        "team,                -",
      })
  void aNameThatIsAlmostKnownIsRecognized(String name, String meant) {
    assertThat(Misspelling.meant(name, KNOWN).orElse(null)).isEqualTo(meant);
  }
}
