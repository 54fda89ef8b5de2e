package dev.warren.operator.plan.validation;

/**
 * Something in a resource that makes no sense.
 *
 * @param path the field, such as spec.bindings[2].queue
 * @param message what is wrong with it, in a sentence without the path
 */
public record Violation(String path, String message) {

  /** Whether the queue nodes cannot be kept as the resource says. */
  public boolean concernsNodes() {
    return path.startsWith("spec.nodes");
  }

  /** As the API server writes its refusals. */
  @Override
  public String toString() {
    return path + ": " + message;
  }
}
