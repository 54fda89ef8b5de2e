package dev.warren.operator.reconcile;

import java.time.Duration;

/** When a topology is reconciled again, unless something triggers it before. */
final class RequeuePolicy {

  private static final Duration SOON = Duration.ofMillis(700);
  private static final Duration LATER = Duration.ofSeconds(10);

  /** Keeps a thousand topologies from being reconciled at the same moment. */
  private static final int JITTER_MILLIS = 2000;

  private RequeuePolicy() {}

  /** Something has just changed. */
  static Duration underway() {
    return SOON;
  }

  /**
   * Something is wrong: the longer it lasts, the longer the interval. Changes in Kubernetes trigger
   * a reconcile in any case.
   */
  static Duration unsettled(Duration since) {
    Duration tenth = since.dividedBy(10);
    if (tenth.compareTo(SOON) < 0) {
      return SOON;
    }
    return tenth.compareTo(LATER) > 0 ? LATER : tenth;
  }

  /** Nothing changes: how soon drift is found. The resource's UID spreads the times. */
  static Duration settled(String uid) {
    return LATER.plusMillis(Math.floorMod(uid.hashCode(), JITTER_MILLIS));
  }
}
