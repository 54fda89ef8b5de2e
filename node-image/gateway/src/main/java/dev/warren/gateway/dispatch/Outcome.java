package dev.warren.gateway.dispatch;

import io.netty.handler.codec.DateFormatter;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;

/** The outcome of one attempt, which decides what to do with the message. */
sealed interface Outcome {

  /** The receiver has it. */
  record Delivered(Answer answer) implements Outcome {}

  /**
   * Trying again may help.
   *
   * @param retryAfter how long the receiver asked to wait
   */
  record Retriable(Failure failure, Optional<Duration> retryAfter) implements Outcome {}

  /** It could not be sent, and no receiver is to blame: it does not count as an attempt. */
  record NotSent(Failure failure) implements Outcome {}

  /** The same request would fail again. */
  record Permanent(Failure failure) implements Outcome {}

  /**
   * Why an attempt failed.
   *
   * @param reason a sentence for the user
   * @param status the HTTP status; empty without an answer
   */
  record Failure(String reason, Optional<Integer> status) {
    static Failure withoutAnswer(String reason) {
      return new Failure(reason, Optional.empty());
    }

    /** The same for a message that expires before the next attempt. */
    Failure ofExpired() {
      return new Failure(reason + "; the message expires before the next attempt", status);
    }
  }

  /**
   * @param now for a {@code Retry-After} that is a date
   */
  static Outcome of(Answer answer, Instant now) {
    int status = answer.status();
    Failure failure = new Failure(answer.summary(), Optional.of(status));
    if (status >= 200 && status < 300) {
      return new Delivered(answer);
    }
    if (status >= 500 || status == 408 || status == 429) {
      return new Retriable(
          failure, answer.retryAfter().flatMap(header -> retryAfter(header.strip(), now)));
    }
    return new Permanent(failure);
  }

  /** Seconds or a date; empty when it is neither, as if the header were absent. */
  private static Optional<Duration> retryAfter(String header, Instant now) {
    if (header.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Integer.parseInt(header)));
    }
    return date(header).filter(now::isBefore).map(instant -> Duration.between(now, instant));
  }

  private static Optional<Instant> date(String header) {
    try {
      return Optional.ofNullable(DateFormatter.parseHttpDate(header)).map(Date::toInstant);
    } catch (IllegalArgumentException e) {
      // The number is too large.
      return Optional.empty();
    }
  }
}
