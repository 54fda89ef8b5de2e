package dev.warren.gateway.dispatch;

import dev.warren.gateway.dispatch.Outcome.Delivered;
import dev.warren.gateway.dispatch.Outcome.Failure;
import dev.warren.gateway.dispatch.Outcome.NotSent;
import dev.warren.gateway.dispatch.Outcome.Permanent;
import dev.warren.gateway.dispatch.Outcome.Retriable;
import java.time.Instant;
import java.util.Optional;

/** How the last attempts of this dispatcher ended, with any message. For any thread. */
final class LastAttempts {

  /**
   * What is known now.
   *
   * @param lastAnswer the outcome of the last attempt, in a sentence; empty before the first
   * @param at when it ended
   * @param failures how many attempts have failed since the last one that did not
   * @param failingSince when the first of these ended; empty if there are none
   * @param succeededAt when an attempt last succeeded; empty if none has
   */
  record Summary(
      Optional<String> lastAnswer,
      Optional<Instant> at,
      long failures,
      Optional<Instant> failingSince,
      Optional<Instant> succeededAt) {

    private static final Summary NONE =
        new Summary(Optional.empty(), Optional.empty(), 0, Optional.empty(), Optional.empty());

    private Summary afterSuccess(int status, Instant now) {
      return new Summary(
          Optional.of("HTTP " + status), Optional.of(now), 0, Optional.empty(), Optional.of(now));
    }

    private Summary afterFailure(Failure failure, Instant now) {
      return new Summary(
          Optional.of(failure.reason()),
          Optional.of(now),
          failures + 1,
          failingSince.or(() -> Optional.of(now)),
          succeededAt);
    }
  }

  private Summary summary = Summary.NONE;

  /** Takes the outcome of an attempt that has just ended. */
  synchronized void add(Outcome outcome, Instant now) {
    summary =
        switch (outcome) {
          case Delivered(Answer answer) -> summary.afterSuccess(answer.status(), now);
          case Retriable failed -> summary.afterFailure(failed.failure(), now);
          case NotSent(Failure failure) -> summary.afterFailure(failure, now);
          case Permanent(Failure failure) -> summary.afterFailure(failure, now);
        };
  }

  synchronized Summary summary() {
    return summary;
  }
}
