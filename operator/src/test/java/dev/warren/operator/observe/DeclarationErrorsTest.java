package dev.warren.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeclarationErrorsTest {

  private static final String LINE =
      "2026-01-01 12:00:00.000000+00:00 [error] <0.812.0> operation queue.declare caused a channel"
          + " exception precondition_failed: inequivalent arg '%s' for queue '%s' in vhost '/':"
          + " received the value 'quorum' of type 'longstr' but current is the value 'classic' of"
          + " type 'longstr'%n";

  private static final String OTHER_LINES =
      """
      2026-01-01 12:00:00.000000+00:00 [info] <0.812.0> connection <0.812.0> (10.0.0.7:4000 -> 10.0.0.8:5672)
      2026-01-01 12:00:00.000000+00:00 [error] <0.812.0> operation basic.publish caused a channel exception \
      not_found: no exchange 'old' in vhost '/'
      2026-01-01 12:00:00.000000+00:00 [error] <0.812.0> operation queue.declare caused a channel exception \
      precondition_failed: inequivalent arg 'durable' for queue 'old' in vhost 'mine': received 'false'
      """;

  @Test
  void theArgumentIsFoundByTheNameOfTheQueue() {
    String log =
        OTHER_LINES
            + LINE.formatted("x-queue-type", "old")
            + LINE.formatted("x-single-active-consumer", "in-turn")
            + LINE.formatted("durable", "of somebody else");

    assertThat(DeclarationErrors.in(log, Set.of("old", "in-turn", "plain")))
        .isEqualTo(Map.of("old", "x-queue-type", "in-turn", "x-single-active-consumer"));
  }

  @Test
  void theLastRefusalCounts() {
    String log = LINE.formatted("durable", "old") + LINE.formatted("x-queue-type", "old");

    assertThat(DeclarationErrors.in(log, Set.of("old"))).isEqualTo(Map.of("old", "x-queue-type"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"it's", "a' in vhost 'b", "日本", "a(b", "$1"})
  void namesMayHaveAnyCharacters(String queue) {
    String log = LINE.formatted("durable", queue);

    assertThat(DeclarationErrors.in(log, Set.of(queue))).isEqualTo(Map.of(queue, "durable"));
  }

  /** log.console.formatter = json */
  @Test
  void linesInJsonAreRead() {
    String log = "{\"level\":\"error\",\"msg\":\"Channel error on connection x:\\n%s\"}";

    assertThat(
            DeclarationErrors.in(
                log.formatted(LINE.formatted("durable", "old").strip()), Set.of("old")))
        .isEqualTo(Map.of("old", "durable"));
  }

  @Test
  void otherLinesAreIgnored() {
    assertThat(DeclarationErrors.in("", Set.of("old"))).isEmpty();
    assertThat(DeclarationErrors.in(OTHER_LINES, Set.of("old"))).isEmpty();
  }
}
