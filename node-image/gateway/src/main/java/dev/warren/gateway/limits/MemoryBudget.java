package dev.warren.gateway.limits;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes may be held at a time. For any thread. */
public final class MemoryBudget {

  private final AtomicLong left;

  /** What this is a part of; null for a whole. */
  private final MemoryBudget whole;

  /**
   * @param bytes how many there are
   */
  public MemoryBudget(long bytes) {
    this(bytes, null);
  }

  private MemoryBudget(long bytes, MemoryBudget whole) {
    this.left = new AtomicLong(bytes);
    this.whole = whole;
  }

  /** At most this many bytes of this budget, which others may use meanwhile. */
  public MemoryBudget part(long bytes) {
    return new MemoryBudget(bytes, this);
  }

  /** Reserves this many bytes, or none. */
  public boolean tryReserve(long bytes) {
    if (left.addAndGet(-bytes) >= 0 && (whole == null || whole.tryReserve(bytes))) {
      return true;
    }
    left.addAndGet(bytes);
    return false;
  }

  /** Releases what was reserved. */
  public void release(long bytes) {
    left.addAndGet(bytes);
    if (whole != null) {
      whole.release(bytes);
    }
  }
}
