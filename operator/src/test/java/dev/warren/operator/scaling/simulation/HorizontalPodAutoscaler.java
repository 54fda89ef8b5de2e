package dev.warren.operator.scaling.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;

/**
 * Kubernetes' HPA on external metrics with an average value per replica, as it is without a {@code
 * behavior}: every 15 s, tolerance 0.1, going down to the highest recommendation of the last 300 s,
 * going up to twice as many, or 4 if that is more.
 */
final class HorizontalPodAutoscaler implements Autoscaler {

  /**
   * @param target how much of it one replica should have
   */
  record Metric(ToDoubleFunction<QueueMetrics> value, double target) {}

  private record Recommendation(double at, int replicas) {}

  /** Seconds. */
  static final double SYNC = 15;

  private static final double TOLERANCE = 0.1;
  private static final double STABILIZATION = 300;

  private final List<Metric> metrics;
  private final int min;
  private final int max;
  private final Every sync;
  private final Deque<Recommendation> recommendations = new ArrayDeque<>();

  HorizontalPodAutoscaler(List<Metric> metrics, int min, int max, double firstSync) {
    this.metrics = metrics;
    this.min = min;
    this.max = max;
    sync = new Every(SYNC, firstSync);
  }

  @Override
  public OptionalInt tick(Look look) {
    boolean due = sync.isDue(look.at());
    // Without replicas it is switched off; without metrics it leaves what is there.
    if (!due || look.replicas() == 0 || look.queue().isEmpty()) {
      return OptionalInt.empty();
    }
    int replicas = look.replicas();
    int desired =
        metrics.stream()
            .mapToInt(metric -> recommend(metric, look.queue().get(), replicas))
            .max()
            .orElseThrow();
    recommendations.add(new Recommendation(look.at(), desired));
    recommendations.removeIf(old -> old.at() <= look.at() - STABILIZATION);
    int stabilized =
        recommendations.stream().mapToInt(Recommendation::replicas).max().orElseThrow();
    int fastest = Math.max(2 * replicas, 4);
    return OptionalInt.of(Math.clamp(Math.min(stabilized, fastest), min, max));
  }

  private static int recommend(Metric metric, QueueMetrics queue, int replicas) {
    double value = metric.value().applyAsDouble(queue);
    double ratio = value / (metric.target() * replicas);
    return Math.abs(ratio - 1) <= TOLERANCE ? replicas : (int) Math.ceil(value / metric.target());
  }
}
