package dev.warren.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopology;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopologyMetersTest {

  private static final ResourceID ORDERS = new ResourceID("orders", "shop");
  private static final ResourceID BILLS = new ResourceID("bills", "shop");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Map<ResourceID, MessageTopology> topologies = new HashMap<>();
  private final TopologyMeters meters =
      new TopologyMeters(registry, id -> Optional.ofNullable(topologies.get(id)));

  @Test
  void aConditionIsShownWithItsCurrentStatus() {
    topologies.put(
        ORDERS, with("{type: Ready, status: 'False'}, {type: NodesReady, status: 'True'}"));
    meters.show(ORDERS);
    assertThat(value(ORDERS, "Ready")).isZero();
    assertThat(value(ORDERS, "NodesReady")).isEqualTo(1);

    topologies.put(
        ORDERS, with("{type: Ready, status: 'True'}, {type: NodesReady, status: Unknown}"));
    meters.show(ORDERS);
    assertThat(value(ORDERS, "Ready")).isEqualTo(1);
    assertThat(value(ORDERS, "NodesReady")).isNaN();
  }

  @Test
  void aTopologyWithoutStatusIsUnknown() {
    topologies.put(ORDERS, new MessageTopology());
    meters.show(ORDERS);
    assertThat(value(ORDERS, "Ready")).isNaN();
  }

  @Test
  void aDeletedTopologyIsUnknownAndThenNotShown() {
    topologies.put(ORDERS, with("{type: Ready, status: 'True'}"));
    meters.show(ORDERS);
    topologies.remove(ORDERS);
    assertThat(value(ORDERS, "Ready")).isNaN();

    topologies.put(BILLS, with("{type: Ready, status: 'True'}"));
    meters.show(BILLS);
    assertThat(value(BILLS, "Ready")).isEqualTo(1);
    assertThat(registry.find("warren.topology.condition").tag("topology", "orders").gauge())
        .isNull();
  }

  @Test
  void aRecreatedTopologyIsShownAgain() {
    topologies.put(ORDERS, with("{type: Ready, status: 'True'}"));
    meters.show(ORDERS);
    topologies.remove(ORDERS);
    topologies.put(BILLS, with(""));
    meters.show(BILLS);
    topologies.put(ORDERS, with("{type: Ready, status: 'False'}"));
    meters.show(ORDERS);
    assertThat(value(ORDERS, "Ready")).isZero();
  }

  private double value(ResourceID topology, String condition) {
    return registry
        .get("warren.topology.condition")
        .tag("namespace", topology.getNamespace().orElseThrow())
        .tag("topology", topology.getName())
        .tag("condition", condition)
        .gauge()
        .value();
  }

  private static MessageTopology with(String conditions) {
    return Serialization.unmarshal(
        "status: {conditions: [%s]}".formatted(conditions), MessageTopology.class);
  }
}
