package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.ConsumerScaler;
import dev.warren.operator.scaling.QueueReading.Known;
import dev.warren.operator.scaling.Sample;
import dev.warren.operator.scaling.ScalingPolicy;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Processor time per decision, for a growing number of consumers. */
public final class DecisionBenchmark {

  private static final int DECISIONS = 2_000_000;

  private DecisionBenchmark() {}

  public static void main(String[] arguments) {
    measure(10);
    System.out.println(
        "| consumers | processor time per decision | of one core at a decision each 5 s |");
    System.out.println("|---:|---:|---:|");
    for (int consumers : List.of(10, 50, 200)) {
      double nanoseconds = measure(consumers);
      System.out.printf(
          Locale.ROOT,
          "| %d | %.1f µs | %.4f %% |%n",
          consumers,
          nanoseconds / 1e3,
          100 * nanoseconds / 1e9 * consumers / 5);
    }
  }

  private static double measure(int consumers) {
    List<ConsumerScaler> scalers = Stream.generate(ConsumerScaler::new).limit(consumers).toList();
    ScalingPolicy policy = Traces.CONSTANT.policy();
    int[] replicas = new int[consumers];
    long start = processorTime();
    int rounds = DECISIONS / consumers;
    for (int round = 0; round < rounds; round++) {
      Instant at = Instant.EPOCH.plusSeconds(5L * round);
      for (int i = 0; i < consumers; i++) {
        Known reading = new Known((i * 7L + round) % 5, i % 20, (i + 1L) * 25 * round);
        Sample sample = new Sample(at, replicas[i], replicas[i], reading);
        replicas[i] = scalers.get(i).decide(policy, sample).replicas();
      }
    }
    return (double) (processorTime() - start) / (rounds * (long) consumers);
  }

  private static long processorTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
