package dev.warren.operator.reconcile;

import java.time.Duration;

/** When a topology is looked at again, unless something happens to it before. */
final class Pace {

  private static final Duration SOON = Duration.ofMillis(700);
  private static final Duration LATER = Duration.ofSeconds(10);

  /** So that a thousand topologies are not looked at in the same moment. */
  private static final int JITTER_MILLIS = 2000;

  private Pace() {}

  /** Something is changing. */
  static Duration underway() {
    return SOON;
  }

  /** Nothing changes: how soon drift is found. Spread by the resource's UID. */
  static Duration settled(String uid) {
    return LATER.plusMillis(Math.floorMod(uid.hashCode(), JITTER_MILLIS));
  }
}
