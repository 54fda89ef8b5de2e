package dev.warren.operator.execute;

import java.security.SecureRandom;
import java.util.function.Supplier;

/** Random letters and digits, which need no quoting in a URI, a shell or a configuration file. */
public final class RandomText implements Supplier<String> {

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  /** 32 of 62 characters are 190 bits. */
  private static final int LENGTH = 32;

  private final SecureRandom random = new SecureRandom();

  @Override
  public String get() {
    return random
        .ints(LENGTH, 0, ALPHABET.length())
        .collect(
            StringBuilder::new, (text, i) -> text.append(ALPHABET.charAt(i)), StringBuilder::append)
        .toString();
  }
}
