package dev.warren.gateway.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/** Clients that each send their next message when the last one is finished. */
final class ClosedLoop {

  /**
   * @param perSecond messages/s of all clients together
   * @param p50Millis half of the messages took no longer, in ms
   * @param p99Millis 99 of 100 took no longer, in ms
   */
  record Result(double perSecond, double p50Millis, double p99Millis) {}

  private static final long BUCKET_NANOS = 10_000;

  /** Ten seconds; what takes longer is counted there. */
  private static final int BUCKETS = 1_000_000;

  private final Way way;
  private final AtomicLongArray latencies = new AtomicLongArray(BUCKETS);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final CountDownLatch ended;
  private final long measuredFrom;
  private final long until;

  private ClosedLoop(Way way, int clients, Duration warmUp, Duration measured) {
    this.way = way;
    this.ended = new CountDownLatch(clients);
    this.measuredFrom = System.nanoTime() + warmUp.toNanos();
    this.until = measuredFrom + measured.toNanos();
  }

  /**
   * Sends for a while, of which the first part is not counted.
   *
   * @throws IllegalStateException if a message failed, or got stuck
   */
  static Result run(Way way, int clients, Duration warmUp, Duration measured)
      throws InterruptedException {
    ClosedLoop loop = new ClosedLoop(way, clients, warmUp, measured);
    for (int client = 0; client < clients; client++) {
      loop.next(client);
    }
    if (!loop.ended.await(warmUp.plus(measured).toSeconds() + 60, SECONDS)) {
      throw new IllegalStateException("a message got stuck");
    }
    if (loop.failure.get() != null) {
      throw new IllegalStateException("a message failed", loop.failure.get());
    }
    return loop.result(measured);
  }

  private void next(int client) {
    long begun = System.nanoTime();
    if (begun >= until || failure.get() != null) {
      ended.countDown();
      return;
    }
    way.once(client)
        .onFailure(
            cause -> {
              failure.compareAndSet(null, cause);
              ended.countDown();
            })
        .onSuccess(
            done -> {
              count(begun, System.nanoTime());
              next(client);
            });
  }

  private void count(long begun, long done) {
    if (done >= measuredFrom && done < until) {
      latencies.incrementAndGet((int) Math.min(BUCKETS - 1, (done - begun) / BUCKET_NANOS));
    }
  }

  private Result result(Duration measured) {
    long all = 0;
    for (int i = 0; i < BUCKETS; i++) {
      all += latencies.get(i);
    }
    return new Result(all / (measured.toNanos() / 1e9), quantile(all, 0.5), quantile(all, 0.99));
  }

  private double quantile(long all, double share) {
    long below = 0;
    int bucket = 0;
    while (bucket < BUCKETS - 1 && below + latencies.get(bucket) < share * all) {
      below += latencies.get(bucket);
      bucket++;
    }
    return bucket * BUCKET_NANOS / 1e6;
  }
}
