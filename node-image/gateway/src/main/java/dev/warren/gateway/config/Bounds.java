package dev.warren.gateway.config;

/** What numbers in the configuration may be. */
final class Bounds {

  private Bounds() {}

  static void port(String field, int value) {
    if (value < 0 || value > 65535) {
      throw new IllegalArgumentException(field + ": " + value + " is no port");
    }
  }

  static void positive(String field, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(field + ": " + value + " is not above 0");
    }
  }
}
