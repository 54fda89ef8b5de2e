package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  private static final Retry RETRY = new Retry(10, 1_000, 60_000);

  @ParameterizedTest
  @CsvSource({"1,1000", "2,2000", "3,4000", "6,32000", "7,60000", "8,60000", "1000000,60000"})
  void doublesUpToTheMaximumDelay(int failed, long millis) {
    Backoff longest = new Backoff(RETRY, (LastOf) bound -> bound - 1);

    assertThat(longest.delay(failed, Optional.empty())).hasMillis(millis);
  }

  @ParameterizedTest
  @CsvSource({"30,30000", "60,60000", "3600,60000", "0,17"})
  void waitsAsTheReceiverAsksUpToTheMaximumDelay(long seconds, long millis) {
    Backoff backoff = new Backoff(RETRY, (LastOf) bound -> 17);

    assertThat(backoff.delay(1, Optional.of(Duration.ofSeconds(seconds)))).hasMillis(millis);
  }

  @Property
  void staysWithinItsBounds(
      @ForAll @IntRange(min = 1) int failed,
      @ForAll @LongRange(max = Long.MAX_VALUE / 4) long initial,
      @ForAll @LongRange(max = Long.MAX_VALUE / 4) long max,
      @ForAll long seed) {
    Retry retry = new Retry(5, Math.min(initial, max), max);

    Duration delay = new Backoff(retry, new Random(seed)).delay(failed, Optional.empty());

    assertThat(delay).isBetween(Duration.ZERO, Duration.ofMillis(max));
  }

  /** Draws a chosen number below a bound. */
  private interface LastOf extends RandomGenerator {
    @Override
    long nextLong(long bound);

    @Override
    default long nextLong() {
      throw new UnsupportedOperationException();
    }
  }
}
