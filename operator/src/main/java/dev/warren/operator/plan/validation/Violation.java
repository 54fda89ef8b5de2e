package dev.warren.operator.plan.validation;

import java.util.List;

/**
 * Something in a resource that is invalid.
 *
 * @param path the field, such as spec.bindings[2].queue
 * @param message what is wrong with it, in a sentence without the path
 */
public record Violation(String path, String message) {

  /**
   * Whether the queue nodes must not be planned. Nodes that exist are repaired if only the rest of
   * the spec is invalid. An invalid spec starts none, because nodes and their volumes cost.
   *
   * @param nodesExist whether there is any node, or a volume of one
   */
  public static boolean preventNodes(List<Violation> violations, boolean nodesExist) {
    return nodesExist
        ? violations.stream().anyMatch(Violation::concernsNodes)
        : !violations.isEmpty();
  }

  /** Whether it concerns the queue nodes, so that they cannot be reconciled. */
  private boolean concernsNodes() {
    return path.startsWith("spec.nodes");
  }

  /** As the API server writes its refusals. */
  @Override
  public String toString() {
    return path + ": " + message;
  }
}
