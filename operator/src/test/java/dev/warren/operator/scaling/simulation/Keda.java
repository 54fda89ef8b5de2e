package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.simulation.HorizontalPodAutoscaler.Metric;
import java.util.List;
import java.util.OptionalInt;

/**
 * KEDA's loop with its defaults: every 30 s it checks for messages, scales from zero to one replica
 * and, 300 s after the last message was seen, back to none. All between is an HPA.
 */
final class Keda implements Autoscaler {

  /** Seconds. */
  static final double POLLING = 30;

  private static final double COOLDOWN = 300;

  private final int min;
  private final Every polling;
  private final HorizontalPodAutoscaler hpa;
  private double lastActive = Double.NEGATIVE_INFINITY;

  Keda(List<Metric> triggers, int min, int max, double firstPoll, double firstSync) {
    this.min = min;
    polling = new Every(POLLING, firstPoll);
    hpa = new HorizontalPodAutoscaler(triggers, Math.max(1, min), max, firstSync);
  }

  @Override
  public OptionalInt tick(Look look) {
    if (polling.isDue(look.at()) && look.queue().isPresent()) {
      if (look.queue().get().messages() > 0) {
        lastActive = look.at();
        if (look.replicas() == 0) {
          return OptionalInt.of(Math.max(1, min));
        }
      } else if (min == 0 && look.at() - lastActive >= COOLDOWN) {
        return OptionalInt.of(0);
      }
    }
    return hpa.tick(look);
  }
}
