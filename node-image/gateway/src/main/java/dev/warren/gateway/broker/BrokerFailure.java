package dev.warren.gateway.broker;

import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** Why a message is not known to be safe, or a request has no reply. It has no stack trace. */
public final class BrokerFailure extends Exception {

  private static final long serialVersionUID = 1L;

  /** What the caller can do about it. */
  public enum Kind {
    /** No queue takes the message: nothing was published. */
    UNROUTABLE,
    /** There is no such exchange: nothing was published. */
    NOT_FOUND,
    /** The broker does not let this user publish there: nothing was published. */
    NOT_ALLOWED,
    /** The broker refuses the message as invalid: nothing was published. */
    REFUSED,
    /** A queue got the message and could not keep it; it may be there nevertheless. */
    NOT_KEPT,
    /**
     * There is no connection, or the broker has an alarm, or the connection ended in between, or
     * the broker's answer may be about another message.
     */
    UNAVAILABLE,
    /** No answer in time: the outcome is unknown. */
    TIMEOUT,
    /** Too much is in flight: nothing was published. */
    OVERLOADED
  }

  private final Kind kind;

  /** The message is a sentence for the sender. */
  public BrokerFailure(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** What the caller can do about it. */
  public Kind kind() {
    return kind;
  }

  /** What a future of this package failed with. */
  public static BrokerFailure of(Throwable thrown) {
    return switch (thrown) {
      case BrokerFailure failure -> failure;
      case CompletionException wrapper when wrapper.getCause() != null -> of(wrapper.getCause());
      case TimeoutException timeout ->
          new BrokerFailure(Kind.TIMEOUT, "there was no answer in time");
      default -> new BrokerFailure(Kind.UNAVAILABLE, thrown.toString());
    };
  }
}
