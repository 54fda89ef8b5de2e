package dev.warren.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsumerDeliveryTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  /**
   * Each dispatcher: its failures, in which second the first and the last of them ended, and in
   * which second an attempt last succeeded.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      nullValues = "-",
      value = {
        "nothing was attempted,                    0:-:-:-,                   -,       0, -",
        "all succeed,                              0:-:-:3 0:-:-:5,           ok 5,    0, -",
        "all fail,                                 2:1:4:- 3:2:6:-,           down 6,  5, 1",
        "one has not attempted anything,           4:1:9:- 0:-:-:-,           down 9,  4, 1",
        "a success ends the failures of others,    4:1:9:- 0:-:-:9,           ok 9,    0, -",
        "the receiver went down after a success,   4:6:9:5 0:-:-:3,           down 9,  4, 6",
        "failures before a later success end,      4:1:4:- 2:6:7:5,           down 7,  2, 6",
        "as does a failure that began before it,   4:1:9:- 0:-:-:7,           ok 7,    0, -",
      })
  void failuresCountSinceTheLastSuccessOfAnyDispatcher(
      String title, String dispatchers, String lastAnswer, long failures, Integer since) {
    List<DispatcherReport> reports =
        Arrays.stream(dispatchers.split(" ")).map(ConsumerDeliveryTest::report).toList();

    assertThat(ConsumerDelivery.of(reports))
        .contains(
            new ConsumerDelivery(
                "http://shop",
                Optional.ofNullable(lastAnswer),
                failures,
                Optional.ofNullable(since).map(NOON::plusSeconds)));
  }

  @Test
  void nothingIsKnownWithoutAReport() {
    assertThat(ConsumerDelivery.of(List.of())).isEmpty();
  }

  private static DispatcherReport report(String text) {
    String[] parts = text.split(":");
    Optional<Instant> failed = second(parts[2]);
    Optional<Instant> succeeded = second(parts[3]);
    return new DispatcherReport(
        "http://shop",
        failed.map(at -> "down " + parts[2]).or(() -> succeeded.map(at -> "ok " + parts[3])),
        failed.or(() -> succeeded),
        Long.parseLong(parts[0]),
        second(parts[1]),
        succeeded);
  }

  private static Optional<Instant> second(String number) {
    return number.equals("-")
        ? Optional.empty()
        : Optional.of(NOON.plusSeconds(Integer.parseInt(number)));
  }
}
