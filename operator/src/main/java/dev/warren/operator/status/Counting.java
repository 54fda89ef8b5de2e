package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * When the figures in a status that always change are refreshed, and how exact they are: a status
 * is not a metrics store.
 */
final class Counting {

  private static final Duration AT_MOST_EVERY = Duration.ofSeconds(30);
  private static final MathContext TWO_DIGITS = new MathContext(2, RoundingMode.HALF_UP);

  private final String last;
  private final Instant now;

  Counting(MessageTopologyStatus previous, Instant now) {
    this.last = previous == null ? null : previous.messagesCountedAt();
    this.now = now;
  }

  /** Whether it is time to refresh them. */
  boolean isDue() {
    return last == null || !now.isBefore(Instant.parse(last).plus(AT_MOST_EVERY));
  }

  /** When they were last refreshed: now, if they have changed. */
  String countedAt(boolean changed) {
    return isDue() && changed ? now.truncatedTo(ChronoUnit.SECONDS).toString() : last;
  }

  static long coarse(long number) {
    return rounded(BigDecimal.valueOf(number)).longValue();
  }

  static double coarse(double number) {
    return rounded(BigDecimal.valueOf(number)).doubleValue();
  }

  private static BigDecimal rounded(BigDecimal number) {
    return number.round(TWO_DIGITS);
  }
}
