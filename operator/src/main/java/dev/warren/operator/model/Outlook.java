package dev.warren.operator.model;

/** The severity of a reason, from the best to the worst. */
public enum Outlook {
  /** Everything matches the resource. */
  FINE,
  /** A step of a change that can only come from a user: never a warning. */
  REQUESTED,
  /** A step on the way to being ready: a warning only if nobody changed the resource. */
  PROGRESS,
  /** The operator cannot tell: the condition is Unknown. */
  UNKNOWN,
  /** Something failed, or waits until somebody acts. */
  TROUBLE
}
