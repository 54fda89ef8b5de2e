package dev.warren.gateway;

/** The role of this process: {@code WARREN_ROLE}, in upper or lower case. */
public enum Role {
  /** TCP requests and HTTP publishing, beside a queue node. */
  GATEWAY,
  /** Delivery of a queue's messages to a URL. */
  DISPATCHER
}
