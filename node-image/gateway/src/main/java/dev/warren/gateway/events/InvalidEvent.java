package dev.warren.gateway.events;

/** Why something is not a CloudEvent, in a sentence for its sender. It has no stack trace. */
public final class InvalidEvent extends Exception {

  private static final long serialVersionUID = 1L;

  InvalidEvent(String message) {
    super(message, null, false, false);
  }
}
