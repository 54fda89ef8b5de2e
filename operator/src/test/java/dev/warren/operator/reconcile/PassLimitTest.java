package dev.warren.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PassLimitTest {

  private final CountDownLatch reported = new CountDownLatch(1);

  @Test
  void aPassThatEndsIsLeftAlone() {
    assertThat(limit(Duration.ofMinutes(1)).run(() -> "done", reported::countDown))
        .isEqualTo("done");
    assertThat(reported.getCount()).isEqualTo(1);
  }

  @Test
  @Timeout(20)
  void aPassThatHangsIsInterruptedAndReported() throws InterruptedException {
    assertThatThrownBy(
            () -> limit(Duration.ofMillis(50)).run(PassLimitTest::hang, reported::countDown))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("It did not end within 0 s and was interrupted");

    assertThat(reported.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Thread.interrupted())
        .as("the next pass of this thread is not interrupted")
        .isFalse();
  }

  private static String hang() {
    try {
      new CountDownLatch(1).await();
      return "never";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Test
  void anExceptionStaysWhatItIs() {
    IllegalArgumentException bug = new IllegalArgumentException("a bug");
    assertThatThrownBy(() -> limit(Duration.ofMinutes(1)).run(() -> fail(bug), () -> {}))
        .isSameAs(bug);
  }

  /** The SDK would never reconcile the topology again. */
  @Test
  void anErrorBecomesAnException() {
    assertThatThrownBy(
            () -> limit(Duration.ofMinutes(1)).run(() -> overflow(1), reported::countDown))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("StackOverflowError");
  }

  private static String fail(RuntimeException bug) {
    throw bug;
  }

  private static int overflow(int depth) {
    return 1 + overflow(depth + 1);
  }

  private static PassLimit limit(Duration longest) {
    return new PassLimit(longest);
  }
}
