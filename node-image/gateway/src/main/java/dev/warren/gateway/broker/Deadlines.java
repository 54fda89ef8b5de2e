package dev.warren.gateway.broker;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fails what takes too long. {@link CompletableFuture#orTimeout} would do so to the millisecond and
 * wake a thread for each message, which was a tenth of the gateway's work.
 */
final class Deadlines {

  /** By how much a deadline may be late, in ms. */
  private static final int TICK = 20;

  private static final HashedWheelTimer TIMER =
      new HashedWheelTimer(
          new DefaultThreadFactory("deadlines", true), TICK, TimeUnit.MILLISECONDS);

  private Deadlines() {}

  /** Fails it with a {@link TimeoutException} if it is not complete in time. */
  static void set(CompletableFuture<?> future, Duration timeout) {
    Timeout deadline =
        TIMER.newTimeout(
            late -> future.completeExceptionally(new TimeoutException()),
            timeout.toMillis(),
            TimeUnit.MILLISECONDS);
    future.whenComplete((result, failure) -> deadline.cancel());
  }
}
