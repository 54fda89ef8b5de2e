package dev.warren.operator.model;

/**
 * Texts as values of a container's environment variables, in which Kubernetes replaces {@code
 * $(NAME)} by another variable. {@code $$} stands for one dollar sign.
 */
final class VariableText {

  private VariableText() {}

  /** The value with which the container gets this text. */
  static String of(String text) {
    return text.replace("$", "$$");
  }

  /** The text that a container gets with a value of {@link #of}. */
  static String read(String value) {
    return value.replace("$$", "$");
  }
}
