package dev.warren.operator.metrics;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.CertificateStatus;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The seconds until each certificate ends; negative when it has. Thread-safe. */
public final class CertificateMeters {

  private final MeterRegistry registry;
  private final Function<ResourceID, Optional<MessageTopology>> topologies;
  private final Clock clock;
  private final Map<ResourceID, Map<String, Meter>> meters = new ConcurrentHashMap<>();

  /**
   * @param topologies the existing topologies, as they are now
   */
  public CertificateMeters(
      MeterRegistry registry,
      Function<ResourceID, Optional<MessageTopology>> topologies,
      Clock clock) {
    this.registry = registry;
    this.topologies = topologies;
    this.clock = clock;
  }

  /** Shows the certificates that a topology's status lists. */
  public void show(ResourceID topology, MessageTopologyStatus status) {
    Map<String, String> ends = ends(status);
    Map<String, Meter> known = meters.getOrDefault(topology, Map.of());
    if (known.keySet().equals(ends.keySet())) {
      return;
    }
    meters.keySet().stream()
        .filter(other -> topologies.apply(other).isEmpty())
        .forEach(this::forget);
    meters.compute(topology, (id, before) -> gauges(id, ends, before));
  }

  private Map<String, Meter> gauges(
      ResourceID topology, Map<String, String> ends, Map<String, Meter> before) {
    Map<String, Meter> gauges = new HashMap<>(before == null ? Map.of() : before);
    gauges
        .entrySet()
        .removeIf(
            gauge -> {
              boolean gone = !ends.containsKey(gauge.getKey());
              if (gone) {
                registry.remove(gauge.getValue());
              }
              return gone;
            });
    ends.keySet().forEach(name -> gauges.computeIfAbsent(name, key -> gauge(topology, key)));
    return gauges;
  }

  private void forget(ResourceID topology) {
    Map<String, Meter> gone = meters.remove(topology);
    if (gone != null) {
      gone.values().forEach(registry::remove);
    }
  }

  private Gauge gauge(ResourceID topology, String certificate) {
    return Gauge.builder("warren.certificate.remaining", () -> remaining(topology, certificate))
        .description("The time until a certificate ends")
        .baseUnit("seconds")
        .tag("namespace", topology.getNamespace().orElseThrow())
        .tag("topology", topology.getName())
        .tag("certificate", certificate)
        .register(registry);
  }

  private double remaining(ResourceID topology, String certificate) {
    return topologies
        .apply(topology)
        .map(now -> ends(now.getStatus()).get(certificate))
        .map(end -> (double) Duration.between(clock.instant(), Instant.parse(end)).toSeconds())
        .orElse(Double.NaN);
  }

  private static Map<String, String> ends(MessageTopologyStatus status) {
    Map<String, String> ends = new HashMap<>();
    if (status != null && status.tls() != null && status.tls().certificates() != null) {
      for (CertificateStatus certificate : status.tls().certificates()) {
        ends.put(certificate.name(), certificate.notAfter());
      }
    }
    return ends;
  }
}
