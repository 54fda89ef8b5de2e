package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.simulation.Autoscaler.QueueMetrics;
import dev.warren.operator.scaling.simulation.HorizontalPodAutoscaler.Metric;
import dev.warren.operator.scaling.simulation.Simulation.Run;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Runs a trace with one autoscaler. The same seed gives the same run. */
final class Contest {

  /** The autoscalers. */
  enum Contender {
    WARREN("Warren"),
    HPA("HPA, backlog"),
    KEDA("KEDA, length"),
    KEDA_RATE("KEDA, length and rate");

    final String title;

    Contender(String title) {
      this.title = title;
    }
  }

  private static final int RUNS = 10;

  private Contest() {}

  /** The average of ten runs, which differ in the moments of observations and messages. */
  static Score score(Trace trace, Contender contender) {
    return Score.mean(
        IntStream.rangeClosed(1, RUNS)
            .mapToObj(seed -> run(trace, contender, seed).score())
            .toList());
  }

  static Run run(Trace trace, Contender contender, int seed) {
    int min = trace.policy().minReplicas();
    // An HPA does not scale to zero.
    int initial = contender == Contender.HPA ? Math.max(1, min) : min;
    Autoscaler scaler = scaler(trace, contender, new SplittableRandom(-seed));
    return new Simulation(trace, scaler, initial, new SplittableRandom(seed)).run();
  }

  private static Autoscaler scaler(Trace trace, Contender contender, RandomGenerator random) {
    int min = trace.policy().minReplicas();
    int max = trace.policy().maxReplicas();
    double start = -trace.warmUp();
    return switch (contender) {
      case WARREN -> new WarrenScaler(trace.policy(), start, random);
      case HPA ->
          new HorizontalPodAutoscaler(
              List.of(acceptableBacklog(trace)),
              Math.max(1, min),
              max,
              start + random.nextDouble() * HorizontalPodAutoscaler.SYNC);
      case KEDA -> keda(trace, List.of(queueLength(trace)), random);
      case KEDA_RATE -> keda(trace, List.of(queueLength(trace), publishRate(trace)), random);
    };
  }

  private static Keda keda(Trace trace, List<Metric> triggers, RandomGenerator random) {
    double start = -trace.warmUp();
    return new Keda(
        triggers,
        trace.policy().minReplicas(),
        trace.policy().maxReplicas(),
        start + random.nextDouble() * Keda.POLLING,
        start + random.nextDouble() * HorizontalPodAutoscaler.SYNC);
  }

  /** As many messages as a replica handles within the allowed wait. */
  private static Metric acceptableBacklog(Trace trace) {
    return new Metric(QueueMetrics::messages, rate(trace) * trace.policy().maxWait().toSeconds());
  }

  /** 20 where a replica handles 5/s, as in the measured run. */
  static Metric queueLength(Trace trace) {
    return new Metric(QueueMetrics::messages, rate(trace) * 4);
  }

  /** The rate of a replica at Warren's target utilization. */
  static Metric publishRate(Trace trace) {
    return new Metric(QueueMetrics::publishRate, rate(trace) * trace.policy().targetUtilization());
  }

  /** Messages/s of one healthy replica. The rivals know it, Warren does not. */
  private static double rate(Trace trace) {
    return trace.policy().concurrency() / trace.handling().applyAsDouble(0);
  }
}
