package dev.warren.gateway.limits;

import java.util.concurrent.atomic.AtomicInteger;

/** A counter with a limit that may change. For any thread. */
public final class Tally {

  private final AtomicInteger count = new AtomicInteger();

  /**
   * Adds this many, or none.
   *
   * @param most the limit
   */
  public boolean tryAdd(int howMany, int most) {
    if (count.addAndGet(howMany) <= most) {
      return true;
    }
    count.addAndGet(-howMany);
    return false;
  }

  /** Adds this many, without a limit. */
  public void add(int howMany) {
    count.addAndGet(howMany);
  }

  /** Subtracts what was added. */
  public void remove(int howMany) {
    count.addAndGet(-howMany);
  }

  /** How many there are. */
  public int count() {
    return count.get();
  }
}
