package dev.warren.operator.model;

/** The ports of a queue node. */
public final class Ports {
  public static final int AMQP = 5672;
  public static final int AMQPS = 5671;
  public static final int MANAGEMENT = 15672;
  public static final int MANAGEMENT_TLS = 15671;
  public static final int PROMETHEUS = 15692;
  public static final int PROMETHEUS_TLS = 15691;
  public static final int EPMD = 4369;
  public static final int DISTRIBUTION = 25672;

  /** Health and metrics of the gateway beside a node, and of a dispatcher. */
  public static final int GATEWAY_HEALTH = 9090;

  private Ports() {}
}
