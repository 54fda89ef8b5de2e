package dev.warren.gateway.limits;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of messages may be held at a time, over all ports. For any thread. */
public final class MemoryBudget {

  private final AtomicLong left;

  /**
   * @param bytes how many there are
   */
  public MemoryBudget(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /** Reserves this many bytes, or none. */
  public boolean tryReserve(long bytes) {
    if (left.addAndGet(-bytes) >= 0) {
      return true;
    }
    left.addAndGet(bytes);
    return false;
  }

  /** Releases what was reserved. */
  public void release(long bytes) {
    left.addAndGet(bytes);
  }
}
