package dev.warren.operator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that a test advances. Any thread may read it, but only one may advance it. */
public final class TestClock extends Clock {

  /** The first instant. */
  public static final Instant BEGIN = Instant.parse("2026-01-01T12:00:00Z");

  private volatile Instant now = BEGIN;

  public void advance(Duration time) {
    now = now.plus(time);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
