package dev.warren.operator.broker;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The members of a stream, as {@code rabbitmq-streams stream_status} shows them. An offset is the
 * number of a message; it is -1 before the first.
 */
record StreamMembers(List<Member> members) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One member.
   *
   * @param offset the last message that it has
   * @param confirmed the last message that it knows to be on a majority of the members
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Member(
      @JsonProperty(required = true) String node,
      @JsonProperty(required = true) Long offset,
      @JsonProperty(value = "committed_offset", required = true) Long confirmed) {}

  /** Parses the command's output; empty if it is not a list of members with their offsets. */
  static Optional<StreamMembers> of(String printed) {
    try {
      List<Member> members = JSON.readValue(printed, new TypeReference<List<Member>>() {});
      boolean complete =
          members.stream()
              .allMatch(member -> member.offset() != null && member.confirmed() != null);
      return members.isEmpty() || !complete
          ? Optional.empty()
          : Optional.of(new StreamMembers(List.copyOf(members)));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** The last message that is known to be confirmed. */
  long confirmed() {
    return members.stream().mapToLong(Member::confirmed).max().orElseThrow();
  }

  /** A node whose member does not have that message yet, not counting one node. */
  Optional<String> behind(long message, String without) {
    return members.stream()
        .filter(member -> !member.node().equals(without))
        .filter(member -> member.offset() < message)
        .min(Comparator.comparing(Member::node))
        .map(Member::node);
  }
}
