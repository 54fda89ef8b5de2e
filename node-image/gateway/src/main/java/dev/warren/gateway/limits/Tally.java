package dev.warren.gateway.limits;

import java.util.concurrent.atomic.AtomicInteger;

/** How many of something there are, up to a limit that may change. For any thread. */
public final class Tally {

  private final AtomicInteger count = new AtomicInteger();

  /**
   * Adds so many, or none.
   *
   * @param most how many there may be then
   */
  public boolean tryAdd(int howMany, int most) {
    if (count.addAndGet(howMany) <= most) {
      return true;
    }
    count.addAndGet(-howMany);
    return false;
  }

  /** Adds so many, whatever there are. */
  public void add(int howMany) {
    count.addAndGet(howMany);
  }

  /** Takes away what was added. */
  public void remove(int howMany) {
    count.addAndGet(-howMany);
  }

  /** How many there are. */
  public int count() {
    return count.get();
  }
}
