package dev.warren.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.observation.QueueConsumers.Count;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For how long ready Pods have not consumed their queue. */
class QueueConsumersTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Each count: at which second, of how many consumers. The second column: when Pods got ready. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "nobody consumes for a minute     | 0       | 0:0 30:0 60:0           | true",
        "not for a minute yet             | 0       | 0:0 30:0 59:0           | false",
        "one of two consumes              | 0 0     | 0:1 60:1                | true",
        "all consume                      | 0 0     | 0:2 60:2                | false",
        "others consume too               | 0 0     | 0:9 60:9                | false",
        "it consumed in between           | 0       | 0:0 30:1 40:0 60:0 90:0 | false",
        "it does not, after it did        | 0       | 0:1 30:0 90:0           | true",
        "another one each time            | 0 50    | 0:0 30:1 60:1           | false",
        "a second has just become ready   | 0 50    | 0:1 60:1                | false",
        "two of three, one of them is new | 0 0 50  | 0:1 60:1                | true",
        "the only Pod is new              | 20      | 0:0 60:0                | false",
        "no Pod is ready                  | ''      | 0:0 60:0                | false",
      })
  void consumersAreTooFewForAMinute(
      String seen, String readySince, String counts, boolean expected) {
    assertThat(last(readySince, counts, true).areTooFewFor(MINUTE, end(counts)))
        .isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "all consume for a minute | 0 0 | 0:2 60:2           | true",
        "not for a minute yet     | 0 0 | 0:2 59:2           | false",
        "they did not in between  | 0 0 | 0:2 30:1 40:2 90:2 | false",
        "one of two consumes      | 0 0 | 0:1 60:1           | false",
        "no Pod is ready          | ''  | 0:0 60:0           | true",
      })
  void consumersAreEnoughForAMinute(
      String seen, String readySince, String counts, boolean expected) {
    assertThat(last(readySince, counts, true).areEnoughFor(MINUTE, end(counts)))
        .isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"0+60+, true", "0+59+, false", "0-60+, false", "0+30-60+90+, false", "0+60-, false"})
  void messagesWaitForAMinute(String looks, boolean expected) {
    Optional<QueueConsumers> last = Optional.empty();
    Instant now = NOON;
    for (String look : looks.split("(?<=[+-])")) {
      now = NOON.plusSeconds(Integer.parseInt(look.substring(0, look.length() - 1)));
      last =
          Optional.of(
              QueueConsumers.after(last, new Count(0, List.of(NOON), look.endsWith("+")), now));
    }

    assertThat(last.orElseThrow().letMessagesWaitFor(MINUTE, now)).isEqualTo(expected);
  }

  private static QueueConsumers last(String readySince, String counts, boolean messagesWait) {
    List<Instant> ready =
        Arrays.stream(readySince.split(" "))
            .filter(second -> !second.isEmpty())
            .map(second -> NOON.plusSeconds(Integer.parseInt(second)))
            .toList();
    Optional<QueueConsumers> last = Optional.empty();
    for (String count : counts.split(" ")) {
      Instant now = at(count);
      last =
          Optional.of(
              QueueConsumers.after(
                  last,
                  new Count(
                      Long.parseLong(count.split(":")[1]),
                      ready.stream().filter(since -> !since.isAfter(now)).toList(),
                      messagesWait),
                  now));
    }
    return last.orElseThrow();
  }

  private static Instant end(String counts) {
    return at(counts.substring(counts.lastIndexOf(' ') + 1));
  }

  private static Instant at(String count) {
    return NOON.plusSeconds(Integer.parseInt(count.split(":")[0]));
  }
}
