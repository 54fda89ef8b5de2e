package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamMembersTest {

  private static final String THREE =
      """
      [
      {"node":"rabbit@a","offset":41,"role":"replica","committed_offset":39,"segments":1}
      ,{"node":"rabbit@b","offset":42,"role":"writer","committed_offset":41,"segments":1}
      ,{"node":"rabbit@c","offset":7,"role":"replica","committed_offset":7,"segments":1}
      ]
      """;

  private final StreamMembers members = StreamMembers.of(THREE).orElseThrow();

  @Test
  void theLeaderKnowsWhatIsConfirmed() {
    assertThat(members.confirmed()).isEqualTo(41);
  }

  @Test
  void aMemberWithoutAConfirmedMessageIsBehind() {
    assertThat(members.behind(41, "rabbit@b")).contains("rabbit@c");
    assertThat(members.behind(41, "rabbit@c")).isEmpty();
    assertThat(members.behind(7, "rabbit@b")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "Error: stream not found",
        "{}",
        "[{\"node\":\"rabbit@a\",\"role\":\"replica\"}]",
        "[{\"node\":\"rabbit@a\",\"offset\":null,\"committed_offset\":null}]"
      })
  void anythingElseIsUnknown(String printed) {
    assertThat(StreamMembers.of(printed)).isEmpty();
  }
}
