package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailedMovesTest {

  private static final String NOON = "2026-01-01T12:00:00Z";

  @ParameterizedTest
  @CsvSource({
    "1,  2026-01-01T12:10:00Z",
    "2,  2026-01-01T12:20:00Z",
    "3,  2026-01-01T12:40:00Z",
    "8,  2026-01-02T09:20:00Z",
    "9,  2026-01-02T12:00:00Z",
    "99, 2026-01-02T12:00:00Z",
  })
  void theTimeUntilTheNextTryDoublesUpToADay(int tries, Instant next) {
    assertThat(failed(tries, "m1").nextAt()).isEqualTo(next);
  }

  @Test
  void theFirstMoveWaitsForNothing() {
    assertThat(FailedMoves.NONE.nextAt()).isBefore(Instant.EPOCH);
    assertThat(FailedMoves.NONE.endFor(Set.of("m1"))).isFalse();
  }

  @Test
  void threeTriesAreEnoughUnlessThereIsANewMachine() {
    assertThat(failed(2, "m1").endFor(Set.of("m1"))).isFalse();
    assertThat(failed(3, "m1").endFor(Set.of("m1"))).isTrue();
    assertThat(failed(3, "m1").endFor(Set.of("m1", "m2"))).isFalse();
    assertThat(failed(3, "m1").andOne(Set.of("m2"), NOON).endFor(Set.of("m1", "m2"))).isTrue();
  }

  @Test
  void theyAreReadAsTheyWereWritten() {
    FailedMoves failed = failed(2, "m2").andOne(Set.of("m1"), NOON);

    assertThat(FailedMoves.fromJson(failed.toJson())).isEqualTo(failed);
    assertThat(failed.machines()).isEqualTo(List.of("m1", "m2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{}",
        "null",
        "{\"tries\": 3, \"lastAt\": \"soon\", \"machines\": []}",
        "{\"tries\": 3}"
      })
  void aDamagedRecordIsNone(String json) {
    assertThat(FailedMoves.fromJson(json)).isEqualTo(FailedMoves.NONE);
  }

  private static FailedMoves failed(int tries, String machine) {
    return new FailedMoves(tries, NOON, List.of(machine));
  }
}
