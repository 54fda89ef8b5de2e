package dev.warren.gateway.tcp;

import dev.warren.gateway.broker.BrokerFailure;

/** The error that a client gets instead of a reply. */
enum ErrorCode {
  UNROUTABLE("unroutable"),
  REFUSED("refused"),
  UNAVAILABLE("unavailable"),
  TIMEOUT("timeout"),
  OVERLOADED("overloaded"),
  TOO_LARGE("too-large"),
  BAD_REPLY("bad-reply");

  private final String text;

  ErrorCode(String text) {
    this.text = text;
  }

  static ErrorCode of(BrokerFailure failure) {
    return switch (failure.kind()) {
      case UNROUTABLE, NOT_FOUND -> UNROUTABLE;
      case NOT_ALLOWED, REFUSED -> REFUSED;
      case NOT_KEPT, UNAVAILABLE -> UNAVAILABLE;
      case TIMEOUT -> TIMEOUT;
      case OVERLOADED -> OVERLOADED;
    };
  }

  /** Letters and hyphens. */
  @Override
  public String toString() {
    return text;
  }
}
