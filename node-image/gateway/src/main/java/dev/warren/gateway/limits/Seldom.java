package dev.warren.gateway.limits;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Decides when something that may happen often is logged. For any thread. */
public final class Seldom {

  /** At least so long between two lines. */
  public static final Duration PAUSE = Duration.ofSeconds(10);

  private final LongSupplier nanos;
  private long next;
  private long sinceLast;

  /** The first time is logged at once. */
  public Seldom() {
    this(System::nanoTime);
  }

  Seldom(LongSupplier nanos) {
    this.nanos = nanos;
    this.next = nanos.getAsLong();
  }

  /**
   * Counts one more.
   *
   * @return how many there were since the last line, if it is time for another one; otherwise 0
   */
  public synchronized long count() {
    sinceLast++;
    long now = nanos.getAsLong();
    if (now - next < 0) {
      return 0;
    }
    next = now + PAUSE.toNanos();
    long howMany = sinceLast;
    sinceLast = 0;
    return howMany;
  }
}
