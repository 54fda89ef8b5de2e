package dev.warren.operator.action;

/**
 * Something that the resource no longer declares and that still exists in the broker.
 *
 * @param kind Queue or Exchange
 * @param because the reason, as a sentence for the user
 */
public record Retained(String kind, String name, String because) {

  /** The kind of a queue. */
  public static final String QUEUE = "Queue";

  /** The kind of an exchange. */
  public static final String EXCHANGE = "Exchange";
}
