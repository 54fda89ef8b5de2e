package dev.warren.gateway.config;

/** The bounds of numbers in the configuration. */
final class Bounds {

  private Bounds() {}

  static void port(String field, int value) {
    if (value < 0 || value > 65535) {
      throw new IllegalArgumentException(field + ": " + value + " is not a port");
    }
  }

  static void positive(String field, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(field + ": " + value + " must be above 0");
    }
  }
}
