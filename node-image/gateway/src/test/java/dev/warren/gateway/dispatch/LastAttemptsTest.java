package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.dispatch.LastAttempts.Summary;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastAttemptsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  /** One attempt a second: the status of the answer, or what kept it from coming. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      nullValues = "-",
      value = {
        "'',          -,                  0, -, -",
        "204,         HTTP 204,           0, -, 0",
        "503,         HTTP 503: sorry,    1, 0, -",
        "404 404,     HTTP 404: sorry,    2, 0, -",
        "204 dns 503, HTTP 503: sorry,    2, 1, 0",
        "503 404 dns, no such host: hok,  3, 0, -",
        "dns dns 200, HTTP 200,           0, -, 2",
        "200 204 422, HTTP 422: sorry,    1, 2, 1",
        "422 200 422, HTTP 422: sorry,    1, 2, 1",
      })
  void failuresInARowAreCounted(
      String outcomes, String lastAnswer, long failures, Integer failingSince, Integer succeeded) {
    LastAttempts attempts = new LastAttempts();
    Instant now = NOON;
    for (String outcome : outcomes.split(" ")) {
      if (!outcome.isEmpty()) {
        attempts.add(outcome(outcome, now), now);
        now = now.plusSeconds(1);
      }
    }

    assertThat(attempts.summary())
        .isEqualTo(
            new Summary(
                Optional.ofNullable(lastAnswer),
                outcomes.isEmpty() ? Optional.empty() : Optional.of(now.minusSeconds(1)),
                failures,
                second(failingSince),
                second(succeeded)));
  }

  private static Outcome outcome(String kind, Instant now) {
    return kind.equals("dns")
        ? new Outcome.Retriable(
            Outcome.Failure.withoutAnswer("no such host: hok"), Optional.empty())
        : Outcome.of(
            new Answer(
                Integer.parseInt(kind),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "sorry".getBytes(StandardCharsets.UTF_8),
                false),
            now);
  }

  private static Optional<Instant> second(Integer number) {
    return Optional.ofNullable(number).map(NOON::plusSeconds);
  }
}
