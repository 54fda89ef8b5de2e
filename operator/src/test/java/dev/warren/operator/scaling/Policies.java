package dev.warren.operator.scaling;

import java.time.Duration;

/** The scaling policy of a resource with defaults. */
public final class Policies {

  private Policies() {}

  /** The defaults of the API, except for the given values. */
  public static ScalingPolicy between(
      int min, int max, int concurrency, boolean singleActiveConsumer) {
    return new ScalingPolicy(
        min,
        max,
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        0.8,
        10,
        concurrency,
        Duration.ofSeconds(300),
        Duration.ofSeconds(300),
        25,
        singleActiveConsumer);
  }
}
