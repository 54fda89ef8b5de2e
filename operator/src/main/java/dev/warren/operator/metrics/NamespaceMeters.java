package dev.warren.operator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Optional;

/** Which watched namespaces are served, as metrics: 1 is served, 0 is not. */
public final class NamespaceMeters {

  private final MultiGauge served;

  public NamespaceMeters(MeterRegistry registry) {
    this.served =
        MultiGauge.builder("warren.namespace.served")
            .description("Whether the operator serves a watched namespace; * are all namespaces")
            .register(registry);
  }

  /**
   * Shows the namespaces.
   *
   * @param problems each with the reason why it is not served; empty if it is served
   */
  public void show(Map<String, Optional<String>> problems) {
    served.register(
        problems.entrySet().stream()
            .<Row<?>>map(
                entry ->
                    Row.of(
                        Tags.of("namespace", entry.getKey()), entry.getValue().isEmpty() ? 1 : 0))
            .toList(),
        true);
  }
}
