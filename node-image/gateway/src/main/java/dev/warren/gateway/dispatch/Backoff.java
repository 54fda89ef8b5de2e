package dev.warren.gateway.dispatch;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: anything up to a bound that doubles each time ("full
 * jitter"), so that messages that failed together do not come back together.
 */
final class Backoff {
  private final HttpDelivery.Retry retry;
  private final RandomGenerator random;

  Backoff(HttpDelivery.Retry retry, RandomGenerator random) {
    this.retry = retry;
    this.random = random;
  }

  /**
   * @param failed how many attempts have failed, at least 1
   * @param asked what the receiver asked for; waited for at least, but never longer than the
   *     longest pause
   */
  Duration delay(int failed, Optional<Duration> asked) {
    long jittered = random.nextLong(bound(failed) + 1);
    long least = asked.map(Duration::toMillis).orElse(0L);
    return Duration.ofMillis(Math.max(jittered, Math.min(least, retry.maxDelayMillis())));
  }

  private long bound(int failed) {
    long bound = retry.initialDelayMillis();
    for (int n = 1; n < failed && bound < retry.maxDelayMillis(); n++) {
      bound = Math.min(2 * bound, retry.maxDelayMillis());
    }
    return Math.min(bound, retry.maxDelayMillis());
  }
}
