package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.dispatch.Outcome.Delivered;
import dev.warren.gateway.dispatch.Outcome.Permanent;
import dev.warren.gateway.dispatch.Outcome.Retriable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void isDeliveredAfterASuccess(int status) {
    assertThat(Outcome.of(answer(status), NOW)).isInstanceOf(Delivered.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 501, 502, 503, 504, 599})
  void isRetriableAfterATemporaryFailure(int status) {
    assertThat(Outcome.of(answer(status), NOW)).isInstanceOf(Retriable.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 410, 413, 422, 425})
  void isPermanentWhenARetryCannotHelp(int status) {
    assertThat(Outcome.of(answer(status), NOW)).isInstanceOf(Permanent.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0                              | 0
          7                              | 7
           120                           | 120
          Tue, 24 Nov 2026 12:00:30 GMT  | 30
          Tuesday, 24-Nov-26 12:01:00 GMT | 60
          """)
  void readsRetryAfter(String header, long seconds) {
    assertThat(retryAfter(header)).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "soon",
        "-1",
        "1.5",
        "",
        "Tue, 24 Nov 2026 11:59:59 GMT",
        "99999999999",
        "when the hosts of this service have found out what is the matter with it"
      })
  void ignoresAnInvalidRetryAfter(String header) {
    assertThat(retryAfter(header)).isEmpty();
  }

  @Test
  void reportsTheStatusAndTheBeginningOfTheResponse() {
    Answer answer = answer(400, Optional.empty(), "no such\r\n  order" + "!".repeat(500));

    Permanent outcome = (Permanent) Outcome.of(answer, NOW);

    assertThat(outcome.failure().status()).contains(400);
    assertThat(outcome.failure().reason())
        .startsWith("HTTP 400: no such order!!")
        .hasSizeLessThan(220);
  }

  private static Optional<Duration> retryAfter(String header) {
    return ((Retriable) Outcome.of(answer(503, Optional.of(header), ""), NOW)).retryAfter();
  }

  private static Answer answer(int status) {
    return answer(status, Optional.empty(), "");
  }

  private static Answer answer(int status, Optional<String> retryAfter, String body) {
    return new Answer(
        status,
        Optional.empty(),
        Optional.empty(),
        retryAfter,
        body.getBytes(StandardCharsets.UTF_8),
        false);
  }
}
