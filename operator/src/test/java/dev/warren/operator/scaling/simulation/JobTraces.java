package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.Policies;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/**
 * Loads of long jobs, one at a time in each of at most 20 replicas. Warren does not know how long
 * they take: its initial rate is 10/s.
 */
final class JobTraces {

  /** By how much jobs are shorter or longer than the mean. */
  private static final double SPREAD = 0.2;

  private static final double STEP = 0.1;

  private JobTraces() {}

  static List<Trace> all() {
    return Stream.of(2, 10, 30).flatMap(JobTraces::ofMinutes).toList();
  }

  private static Stream<Trace> ofMinutes(int minutes) {
    double time = minutes * 60;
    return Stream.of(
        // 40, so that two are there at the same time on average.
        trace(minutes + " min, few", time, 24 * time, false, untilThen(20 * time, 2 / time)),
        trace(minutes + " min, 60 at once", time, 6 * time, true, atOnce(60)),
        // 120, so that twelve are there at the same time on average.
        trace(minutes + " min, many", time, 14 * time, false, untilThen(10 * time, 12 / time)));
  }

  private static DoubleUnaryOperator untilThen(double end, double rate) {
    return at -> at > 0 && at < end ? rate : 0;
  }

  /** Within the first step after zero. */
  private static DoubleUnaryOperator atOnce(int messages) {
    return at -> at > STEP / 2 && at < 3 * STEP / 2 ? messages / STEP : 0;
  }

  private static Trace trace(
      String name, double time, double duration, boolean regular, DoubleUnaryOperator arrivals) {
    return new Trace(
        name,
        60,
        duration,
        arrivals,
        regular,
        // As good as by chance, and the same for all that scale.
        at -> time * (1 + SPREAD * Math.sin(1000 * at)),
        at -> Double.POSITIVE_INFINITY,
        10,
        Policies.between(0, 20, 1, false),
        List.of());
  }
}
