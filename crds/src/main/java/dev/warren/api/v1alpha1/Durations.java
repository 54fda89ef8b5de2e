package dev.warren.api.v1alpha1;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The durations of this API: whole numbers with a unit, largest first, such as 1h30m or 7d. */
public final class Durations {

  /**
   * Days, hours, minutes, seconds, milliseconds. With so few digits no sum of them overflows, in
   * CEL or in Java.
   */
  private static final String FORM =
      "^([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,7}m)?([0-9]{1,9}s)?([0-9]{1,12}ms)?$";

  /** CEL: the field is a duration. */
  static final String IS_DURATION = "self != '' && self.matches('" + FORM + "')";

  /**
   * CEL: the whole seconds of a field that {@link #IS_DURATION}. CEL's own durations have no days.
   */
  static final String SECONDS =
      "(self.contains('d') ? 86400 * int(self.substring(0, self.indexOf('d'))) : 0)"
          + " + duration(self.substring(self.indexOf('d') + 1) + '0s').getSeconds()";

  /** The value of a field that switches something off instead of saying after how long. */
  public static final String NEVER = "never";

  /** CEL: the field is a duration of at least ten seconds, or {@link #NEVER}. */
  static final String FROM_TEN_SECONDS_OR_NEVER =
      "self == '" + NEVER + "' || (" + IS_DURATION + " && " + SECONDS + " >= 10)";

  static final String FROM_TEN_SECONDS_OR_NEVER_MESSAGE =
      "must be a duration of at least 10s, such as 60s or 5m, or never";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  private Durations() {}

  /**
   * The duration in a field of this API; everything that the API server accepts there can be
   * parsed.
   *
   * @throws IllegalArgumentException when the text is not a duration
   */
  public static Duration parse(String text) {
    Matcher parts = PATTERN.matcher(text);
    if (text.isEmpty() || !parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration, such as 500ms, 30s, 1h30m or 7d");
    }
    return Duration.ofDays(number(parts.group(1), "d"))
        .plusHours(number(parts.group(2), "h"))
        .plusMinutes(number(parts.group(3), "m"))
        .plusSeconds(number(parts.group(4), "s"))
        .plusMillis(number(parts.group(5), "ms"));
  }

  private static long number(String part, String unit) {
    return part == null ? 0 : Long.parseLong(part.substring(0, part.length() - unit.length()));
  }
}
