package dev.warren.operator.broker;

/** The broker did not do what it was asked. The message is a sentence for the user. */
public final class BrokerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why, as far as it decides what to do next. */
  public enum Kind {
    /** No answer, or an answer that says "not now": asking again may help. */
    UNAVAILABLE,
    /** A node tried and failed, and none is still at it: what was begun may be half done. */
    FAILED,
    /** The broker understood and refused: the same request will fail again. */
    REFUSED,
    /** It was not asked, for this was not tried with its version. */
    UNTRIED,
    /** What was to be removed is in use, so nothing was done: later it may not be. */
    IN_USE,
    /** The credentials are not the broker's. */
    UNAUTHORIZED
  }

  private final Kind kind;

  public BrokerException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public BrokerException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
