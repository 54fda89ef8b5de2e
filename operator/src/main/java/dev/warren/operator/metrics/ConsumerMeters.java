package dev.warren.operator.metrics;

import dev.warren.operator.scaling.ScalingDecision;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The metrics of one consumer that scales with its load. Unknown values are NaN. */
public final class ConsumerMeters implements AutoCloseable {

  private final MeterRegistry registry;
  private final Tags tags;
  private final Counter out;
  private final Counter in;
  private final List<Meter> meters;
  private volatile ScalingDecision last;

  public ConsumerMeters(
      MeterRegistry registry, String namespace, String topology, String consumer) {
    this.registry = registry;
    this.tags = Tags.of("namespace", namespace, "topology", topology, "consumer", consumer);
    this.out = scalings("out");
    this.in = scalings("in");
    this.meters =
        List.of(
            out,
            in,
            gauge(
                "warren.consumer.arrivals",
                "Messages that arrive per second",
                decision -> decision.arrivals().orElse(Double.NaN)),
            gauge(
                "warren.consumer.rate.per.replica",
                "Messages that one Pod handles per second",
                ScalingDecision::ratePerReplica),
            gauge(
                "warren.consumer.backlog",
                "Messages in the queue, including those that Pods hold",
                decision ->
                    decision.backlog().isPresent() ? decision.backlog().getAsLong() : Double.NaN),
            gauge(
                "warren.consumer.replicas.wanted",
                "Desired number of Pods",
                ScalingDecision::replicas));
  }

  private Counter scalings(String direction) {
    return Counter.builder("warren.consumer.scalings")
        .description("How often the desired number of Pods has changed")
        .tags(tags)
        .tag("direction", direction)
        .register(registry);
  }

  private Gauge gauge(String name, String description, ToDoubleFunction<ScalingDecision> value) {
    return Gauge.builder(name, () -> last == null ? Double.NaN : value.applyAsDouble(last))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  /**
   * Shows a decision.
   *
   * @param before the number of Pods that was desired until now
   */
  public void show(ScalingDecision decision, int before) {
    last = decision;
    if (decision.replicas() > before) {
      out.increment();
    } else if (decision.replicas() < before) {
      in.increment();
    }
  }

  @Override
  public void close() {
    meters.forEach(registry::remove);
  }
}
