package dev.warren.operator.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * The conditions of a topology, in the order in which they become true: what an earlier one reports
 * is often the cause of what a later one reports.
 */
public enum ConditionType {
  READY("Ready", false, "Everything matches the newest generation of the resource."),
  VALIDATED("Validated", true, "The spec is valid."),
  NODES_READY("NodesReady", true, "All queue nodes run the newest spec and serve clients."),
  TOPOLOGY_DECLARED(
      "TopologyDeclared",
      true,
      "All exchanges, queues and bindings are declared, every queue has all its members, and no"
          + " other policy overrides its fields."),
  CONSUMERS_READY("ConsumersReady", true, "All consumers are ready."),
  ENDPOINTS_READY("EndpointsReady", true, "All endpoints are served."),
  CERTIFICATES_READY(
      "CertificatesReady",
      true,
      "Every certificate is valid and renewed in time, and those of the user can be used."),
  NODES_SPREAD("NodesSpread", false, "Every queue node has a machine of its own."),
  SCALING_ACTIVE(
      "ScalingActive",
      false,
      "The numbers of Pods follow the load. Present only if consumers have `scaling`."),
  SCALING_LIMITED(
      "ScalingLimited",
      false,
      "A consumer cannot have the Pods that it needs. Present only if consumers have `scaling`."),
  PAUSED("Paused", false, "The operator changes nothing. Present only while it is paused.");

  private final String wireName;
  private final boolean partOfReady;
  private final String whenTrue;

  ConditionType(String wireName, boolean partOfReady, String whenTrue) {
    this.wireName = wireName;
    this.partOfReady = partOfReady;
    this.whenTrue = whenTrue;
  }

  /** The one with this name; empty if an operator of another version wrote it. */
  public static Optional<ConditionType> of(String wireName) {
    return Arrays.stream(values()).filter(type -> type.wireName.equals(wireName)).findFirst();
  }

  /** Its name in a status. */
  public String wireName() {
    return wireName;
  }

  /** Whether Ready is true only if this one is. */
  public boolean isPartOfReady() {
    return partOfReady;
  }

  /** What the condition means when it is true, in a sentence for the documentation. */
  public String whenTrue() {
    return whenTrue;
  }
}
