package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.simulation.Autoscaler.QueueMetrics;
import dev.warren.operator.scaling.simulation.HorizontalPodAutoscaler.Metric;
import dev.warren.operator.scaling.simulation.ScaledJob.Strategy;
import dev.warren.operator.scaling.simulation.Simulation.Run;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Runs a trace of long jobs with one of those that may scale them. */
final class JobContest {

  /** Those that scale. */
  enum Contender {
    WARREN("Warren"),
    KEDA("KEDA, length 1"),
    DEFAULT_JOB("ScaledJob, default"),
    ACCURATE_JOB("ScaledJob, accurate");

    final String title;

    Contender(String title) {
      this.title = title;
    }
  }

  private static final int RUNS = 10;

  private JobContest() {}

  /** On average of ten runs, which differ in when things are looked at and messages come. */
  static JobScore score(Trace trace, Contender contender) {
    return JobScore.mean(
        IntStream.rangeClosed(1, RUNS)
            .mapToObj(seed -> run(trace, contender, seed).jobs())
            .toList());
  }

  static Run run(Trace trace, Contender contender, int seed) {
    Autoscaler scaler = scaler(trace, contender, new SplittableRandom(-seed));
    return new Simulation(trace, scaler, 0, new SplittableRandom(seed)).run();
  }

  private static Autoscaler scaler(Trace trace, Contender contender, RandomGenerator random) {
    int max = trace.policy().maxReplicas();
    double start = -trace.warmUp();
    double firstPoll = start + random.nextDouble() * Keda.POLLING;
    return switch (contender) {
      case WARREN -> new WarrenScaler(trace.policy(), start, random);
      case KEDA ->
          new Keda(
              List.of(new Metric(QueueMetrics::messages, 1)),
              0,
              max,
              firstPoll,
              start + random.nextDouble() * HorizontalPodAutoscaler.SYNC);
      case DEFAULT_JOB -> new ScaledJob(Strategy.DEFAULT, max, firstPoll);
      case ACCURATE_JOB -> new ScaledJob(Strategy.ACCURATE, max, firstPoll);
    };
  }
}
