package dev.warren.operator.reconcile;

import java.time.Duration;

/** When a topology is looked at again, unless something happens to it before. */
final class RequeuePolicy {

  private static final Duration SOON = Duration.ofMillis(700);
  private static final Duration LATER = Duration.ofSeconds(10);

  /** So that a thousand topologies are not looked at in the same moment. */
  private static final int JITTER_MILLIS = 2000;

  private RequeuePolicy() {}

  /** Something has just changed. */
  static Duration underway() {
    return SOON;
  }

  /**
   * Something is amiss: the more seldom the longer it has been so. What Kubernetes knows of it
   * comes as an event in any case.
   */
  static Duration unsettled(Duration since) {
    Duration tenth = since.dividedBy(10);
    if (tenth.compareTo(SOON) < 0) {
      return SOON;
    }
    return tenth.compareTo(LATER) > 0 ? LATER : tenth;
  }

  /** Nothing changes: how soon drift is found. Spread by the resource's UID. */
  static Duration settled(String uid) {
    return LATER.plusMillis(Math.floorMod(uid.hashCode(), JITTER_MILLIS));
  }
}
