package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.ConsumerScaler;
import dev.warren.operator.scaling.QueueReading;
import dev.warren.operator.scaling.QueueReading.Known;
import dev.warren.operator.scaling.QueueReading.Unknown;
import dev.warren.operator.scaling.Sample;
import dev.warren.operator.scaling.ScalingDecision;
import dev.warren.operator.scaling.ScalingPolicy;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** The operator's scaler, with a sample about every 5 s. */
final class WarrenScaler implements Autoscaler {

  private static final double INTERVAL = 5;
  private static final double JITTER = 1;

  private final ScalingPolicy policy;
  private final RandomGenerator random;
  private double next;
  private ConsumerScaler scaler = new ConsumerScaler();

  WarrenScaler(ScalingPolicy policy, double start, RandomGenerator random) {
    this.policy = policy;
    this.random = random;
    next = start + random.nextDouble() * INTERVAL;
  }

  @Override
  public OptionalInt tick(Look look) {
    if (look.at() < next) {
      return OptionalInt.empty();
    }
    next += INTERVAL + (random.nextDouble() - 0.5) * JITTER;
    QueueReading reading =
        look.queue()
            .<QueueReading>map(
                queue -> new Known(queue.ready(), queue.unacknowledged(), queue.acknowledged()))
            .orElse(new Unknown("the broker does not answer"));
    ScalingDecision decision =
        scaler.decide(
            policy,
            new Sample(
                Instant.EPOCH.plusMillis(Math.round(look.at() * 1000)),
                look.replicas(),
                look.readyReplicas(),
                reading));
    return OptionalInt.of(decision.replicas());
  }

  @Override
  public boolean marksPods() {
    return true;
  }

  @Override
  public void restart() {
    scaler = new ConsumerScaler();
  }
}
