package dev.warren.api.v1alpha1;

/** Which ports endpoints may have. */
final class EndpointPorts {

  static final int LOWEST = 1024;
  static final int HIGHEST = 65535;

  /** CEL: the port is not one that a queue node uses. */
  static final String FREE =
      "!(self in [4369, 5671, 5672, 9090, 15671, 15672, 15691, 15692, 25672])";

  static final String FREE_MESSAGE =
      "must not be 4369, 5671, 5672, 9090, 15671, 15672, 15691, 15692 or 25672, which the queue"
          + " nodes use themselves";

  private EndpointPorts() {}
}
