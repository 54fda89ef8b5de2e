package dev.warren.operator.plan;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Specs as the API server gives them: with the defaults of the API. */
public final class Specs {

  private Specs() {}

  public static MessageTopologySpec of(int replicas, String nodes, String rest) {
    String spreadAfter = nodes.contains("spreadAfter: ") ? "" : "  spreadAfter: 5m\n";
    return Serialization.unmarshal(
        "nodes:\n  replicas: %d\n  replaceAfter: 60s\n  storage: {size: 10Gi, onDelete: Delete}\n%s%s%s"
            .formatted(replicas, spreadAfter, nodes.isEmpty() ? "" : nodes.strip().indent(2), rest),
        MessageTopologySpec.class);
  }

  public static MessageTopologySpec of(int replicas) {
    return of(replicas, "", "");
  }
}
