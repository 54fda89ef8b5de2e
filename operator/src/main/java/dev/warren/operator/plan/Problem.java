package dev.warren.operator.plan;

/**
 * What keeps something from being as it shall be.
 *
 * @param reason one word in CamelCase, for machines
 * @param message a sentence for the user
 */
public record Problem(String reason, String message) {

  /** The reason when nothing is known of the broker. */
  public static final String BROKER_UNREACHABLE = "BrokerUnreachable";
}
