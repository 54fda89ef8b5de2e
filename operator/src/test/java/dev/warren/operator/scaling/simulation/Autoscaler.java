package dev.warren.operator.scaling.simulation;

import java.util.Optional;
import java.util.OptionalInt;

/** Something that sets the number of replicas. */
interface Autoscaler {

  /**
   * What a scaler can read of the queue.
   *
   * @param acknowledged since the queue has its leader
   * @param publishRate messages/s within the last 5 s
   */
  record QueueMetrics(long ready, long unacknowledged, long acknowledged, double publishRate) {
    long messages() {
      return ready + unacknowledged;
    }
  }

  /**
   * @param at seconds; before zero while the simulation warms up
   * @param queue empty while the broker does not answer
   */
  record Look(double at, int replicas, int readyReplicas, Optional<QueueMetrics> queue) {}

  /** Called once a second; returns the desired number of replicas, if it changes. */
  OptionalInt tick(Look look);

  /** Whether each of its Pods takes one message and ends. */
  default boolean podsTakeOneMessage() {
    return false;
  }

  /** Whether it marks its Pods, so that idle ones are removed first. */
  default boolean marksPods() {
    return false;
  }

  /** The autoscaler is restarted and remembers nothing. */
  default void restart() {}
}
