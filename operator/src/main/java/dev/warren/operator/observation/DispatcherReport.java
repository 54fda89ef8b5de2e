package dev.warren.operator.observation;

import java.time.Instant;
import java.util.Optional;

/**
 * What one dispatcher tells of its last attempts to deliver messages.
 *
 * @param url where it delivers to
 * @param lastAnswer the outcome of the last attempt, in a sentence; empty before the first
 * @param at when that attempt ended
 * @param failures how many attempts have failed since the last one that did not
 * @param failingSince when the first of these ended; empty if there are none
 * @param succeededAt when an attempt last succeeded; empty if none has
 */
public record DispatcherReport(
    String url,
    Optional<String> lastAnswer,
    Optional<Instant> at,
    long failures,
    Optional<Instant> failingSince,
    Optional<Instant> succeededAt) {

  Instant lastAt() {
    return at.orElse(Instant.MIN);
  }

  /** Whether its failures in a row began after this time. */
  boolean failsSinceAfter(Optional<Instant> time) {
    return failingSince.filter(since -> time.filter(since::isBefore).isEmpty()).isPresent();
  }
}
