package dev.warren.operator.metrics;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.status.Conditions;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The conditions of all topologies as metrics: 1 is true, 0 false, NaN unknown. Thread-safe. */
public final class TopologyMeters {

  private final MeterRegistry registry;
  private final Function<ResourceID, Optional<MessageTopology>> topologies;
  private final Map<ResourceID, List<Meter>> meters = new ConcurrentHashMap<>();

  /**
   * @param topologies the existing topologies, as they are now
   */
  public TopologyMeters(
      MeterRegistry registry, Function<ResourceID, Optional<MessageTopology>> topologies) {
    this.registry = registry;
    this.topologies = topologies;
  }

  /** Shows a topology until it is deleted. */
  public void show(ResourceID topology) {
    if (!meters.containsKey(topology)) {
      // Deletions are not reported. Until another topology comes, a deleted one has NaN metrics.
      meters.keySet().stream().filter(this::isGone).forEach(this::forget);
      meters.computeIfAbsent(topology, this::gauges);
    }
  }

  private boolean isGone(ResourceID topology) {
    return topologies.apply(topology).isEmpty();
  }

  private void forget(ResourceID topology) {
    List<Meter> gone = meters.remove(topology);
    if (gone != null) {
      gone.forEach(registry::remove);
    }
  }

  private List<Meter> gauges(ResourceID topology) {
    return Arrays.stream(ConditionType.values())
        .<Meter>map(condition -> gauge(topology, condition))
        .toList();
  }

  private Gauge gauge(ResourceID topology, ConditionType condition) {
    return Gauge.builder("warren.topology.condition", () -> value(topology, condition))
        .description("Whether a condition of the topology's status is true")
        .tag("namespace", topology.getNamespace().orElseThrow())
        .tag("topology", topology.getName())
        .tag("condition", condition.wireName())
        .register(registry);
  }

  private double value(ResourceID topology, ConditionType condition) {
    return topologies
        .apply(topology)
        .flatMap(now -> Conditions.holds(now.getStatus(), condition))
        .map(holds -> holds ? 1.0 : 0.0)
        .orElse(Double.NaN);
  }
}
