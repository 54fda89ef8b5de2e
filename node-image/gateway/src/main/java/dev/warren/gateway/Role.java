package dev.warren.gateway;

/** What this process is for: {@code WARREN_ROLE}, in any case of letters. */
public enum Role {
  /** TCP requests and HTTP publishing, beside a queue node. */
  GATEWAY,
  /** Delivery of a queue's messages to a URL. */
  DISPATCHER
}
