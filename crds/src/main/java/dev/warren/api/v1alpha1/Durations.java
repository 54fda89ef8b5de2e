package dev.warren.api.v1alpha1;

/** The form of durations in this API: whole numbers with a unit, largest first, such as 1h30m. */
final class Durations {

  /** Days, hours, minutes, seconds, milliseconds; at least one of them. */
  static final String PATTERN =
      "^([0-9]{1,9}d)?([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?$";

  private Durations() {}
}
