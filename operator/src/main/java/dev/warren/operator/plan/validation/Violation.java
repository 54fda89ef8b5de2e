package dev.warren.operator.plan.validation;

/**
 * Something in a resource that is invalid.
 *
 * @param path the field, such as spec.bindings[2].queue
 * @param message what is wrong with it, in a sentence without the path
 */
public record Violation(String path, String message) {

  /** Whether it concerns the queue nodes, so that they cannot be reconciled. */
  public boolean concernsNodes() {
    return path.startsWith("spec.nodes");
  }

  /** As the API server writes its refusals. */
  @Override
  public String toString() {
    return path + ": " + message;
  }
}
