package dev.warren.operator.plan.validation;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that an unknown one was probably meant to be. */
final class Misspelling {

  private static final String PREFIX = "x-";

  private Misspelling() {}

  /**
   * The known name; empty if the name is known itself, or resembles none of them, as those of
   * plugins do. Names are alike if one character differs, two are swapped, or only the prefix, the
   * case or the separators differ.
   */
  static Optional<String> meant(String name, Collection<String> known) {
    return known.contains(name)
        ? Optional.empty()
        : known.stream().filter(candidate -> isAlike(plain(name), plain(candidate))).findFirst();
  }

  /** Such as max-length, for x-max-length, maxLength and max_length. */
  private static String plain(String name) {
    String words = name.replaceAll("([a-z])([A-Z])", "$1-$2").replace('_', '-');
    String lower = words.toLowerCase(Locale.ROOT);
    return lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower;
  }

  private static boolean isAlike(String one, String other) {
    int start = commonStart(one, other);
    String restOfOne = one.substring(start);
    String restOfOther = other.substring(start);
    int end = commonStart(reversed(restOfOne), reversed(restOfOther));
    String middle = restOfOne.substring(0, restOfOne.length() - end);
    String otherMiddle = restOfOther.substring(0, restOfOther.length() - end);
    boolean isOneCharacter = middle.length() <= 1 && otherMiddle.length() <= 1;
    return isOneCharacter || (middle.length() == 2 && middle.equals(reversed(otherMiddle)));
  }

  private static int commonStart(String one, String other) {
    int same = 0;
    while (same < Math.min(one.length(), other.length())
        && one.charAt(same) == other.charAt(same)) {
      same++;
    }
    return same;
  }

  private static String reversed(String text) {
    return new StringBuilder(text).reverse().toString();
  }
}
