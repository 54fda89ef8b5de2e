package dev.warren.operator.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The moves of nodes to other machines that were given up since the nodes last had a machine each.
 *
 * @param tries how many there were
 * @param lastAt when the last one was given up, as ISO-8601 text
 * @param machines those that could have taken the node in one of them, in order
 */
public record FailedMoves(int tries, String lastAt, List<String> machines) {

  /** After this many, only a machine that was not among those gets another one. */
  private static final int MOST_TRIES = 3;

  private static final Duration FIRST_WAIT = Duration.ofMinutes(10);
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** None failed. */
  public static final FailedMoves NONE = new FailedMoves(0, "", List.of());

  /** Copies the list. */
  public FailedMoves {
    machines = machines == null ? List.of() : List.copyOf(machines);
  }

  /** One more. */
  public FailedMoves andOne(Collection<String> couldHaveTakenIt, String at) {
    return new FailedMoves(
        tries + 1,
        at,
        Stream.concat(machines.stream(), couldHaveTakenIt.stream()).distinct().sorted().toList());
  }

  /** Whether there must not be another one to any of these machines, however much time passes. */
  public boolean endFor(Collection<String> free) {
    return tries >= MOST_TRIES && machines.containsAll(free);
  }

  /** When the next one may begin: the time doubles with each. */
  public Instant nextAt() {
    if (tries == 0) {
      return Instant.MIN;
    }
    // Beyond eight, the longest wait applies anyway.
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(tries - 1, 8));
    return Instant.parse(lastAt).plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT);
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can be written as JSON", e);
    }
  }

  /** None if it is missing or damaged: a failed try does no harm. */
  static FailedMoves fromJson(String json) {
    try {
      FailedMoves read = json == null ? NONE : JSON.readValue(json, FailedMoves.class);
      return read != null && read.tries() > 0 && isTime(read.lastAt()) ? read : NONE;
    } catch (JsonProcessingException e) {
      return NONE;
    }
  }

  private static boolean isTime(String text) {
    return Optional.ofNullable(text)
        .filter(at -> at.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"))
        .isPresent();
  }
}
