package dev.warren.operator.model;

import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * What must be known about a topology's nodes beyond what can be seen. It is written before it is
 * acted upon.
 *
 * @param next the lowest number that no node has ever had
 * @param formed whether the nodes have formed a cluster; from then on none may found another
 */
public record Membership(int next, boolean formed) {

  private static final String NEXT = "next";
  private static final String FORMED = "formed";

  /** Reads the record; empty when somebody has made it unreadable. */
  public static Optional<Membership> of(ConfigMap configMap) {
    Map<String, String> data = configMap.getData() == null ? Map.of() : configMap.getData();
    String next = data.getOrDefault(NEXT, "");
    return next.matches("[0-9]{1,9}")
        ? Optional.of(new Membership(Integer.parseInt(next), "true".equals(data.get(FORMED))))
        : Optional.empty();
  }

  /** The record as it is kept. */
  public ConfigMap configMap(Owner owner, ResourceNames names) {
    return new ConfigMapBuilder()
        .withMetadata(owner.owned(names.membership(), Component.TOPOLOGY).build())
        .withData(Map.of(NEXT, String.valueOf(next), FORMED, String.valueOf(formed)))
        .build();
  }
}
