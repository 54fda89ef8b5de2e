package dev.warren.operator.broker;

import java.io.IOException;

/**
 * An answer was longer than the operator reads. The message continues a sentence that names its
 * source.
 */
final class TooLongException extends IOException {
  private static final long serialVersionUID = 1L;

  /** No answer of a broker is nearly as long: 5,000 bindings are about one MiB. */
  static final int MEBIBYTES = 8;

  static final int LIMIT = MEBIBYTES << 20;

  TooLongException() {
    super("answered with more than " + MEBIBYTES + " MiB, which is not read");
  }
}
