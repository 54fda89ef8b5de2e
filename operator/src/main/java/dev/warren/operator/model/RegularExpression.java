package dev.warren.operator.model;

/** Texts as parts of regular expressions as RabbitMQ reads them (PCRE, by Erlang's re). */
public final class RegularExpression {

  private RegularExpression() {}

  /** What matches the text itself and nothing else, also between other parts. */
  public static String of(String text) {
    return text.replaceAll("[^\\p{L}\\p{N}_]", "\\\\$0");
  }
}
