package dev.warren.operator.broker;

/** The broker did not do what the operator requested. The message is a sentence for the user. */
public final class BrokerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why, as far as it determines what to do next. */
  public enum Kind {
    /** No answer, or an answer that says "not now": a retry may help. */
    UNAVAILABLE,
    /** A node tried and failed, and no node still tries: the change may be half done. */
    FAILED,
    /** The broker understood and refused: the same request will fail again. */
    REFUSED,
    /** The operator did not try, because this was not tested with the broker's version. */
    UNTRIED,
    /** The object to remove is in use, so nothing was done. It may become free later. */
    IN_USE,
    /** The broker does not accept the credentials. */
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
