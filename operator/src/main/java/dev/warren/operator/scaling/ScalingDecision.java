package dev.warren.operator.scaling;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The desired number of replicas, and why.
 *
 * @param explanation one sentence for people, such as "arrivals 180/s need 9 replicas of 25/s each"
 * @param arrivals messages/s that come into the queue; empty while that is not known
 * @param ratePerReplica messages/s that one replica handles when it is busy, as far as is known
 * @param backlog messages that wait or are being handled; empty while that is not known
 * @param drainsIn the time until the ready replicas clear the backlog; empty when they do not, or
 *     it is not known
 */
public record ScalingDecision(
    int replicas,
    Reason reason,
    String explanation,
    OptionalDouble arrivals,
    double ratePerReplica,
    OptionalLong backlog,
    Optional<Duration> drainsIn) {

  /** Whether a replica should not be removed while it works on a message, because that is long. */
  public boolean isOfLongJobs() {
    return ratePerReplica < Pace.JOBS;
  }

  /** Whether something keeps the consumer from having as many replicas as it needs. */
  public boolean isLimited() {
    return switch (reason) {
      case AT_MAXIMUM, SINGLE_ACTIVE_CONSUMER, INEFFECTIVE -> true;
      case STEADY,
          LEARNING,
          SCALING_OUT,
          SCALING_IN,
          STABILIZING,
          WAKING,
          IDLE,
          OUT_OF_BOUNDS,
          HOLDING_UNKNOWN ->
          false;
    };
  }

  /** Why this number is desired. */
  public enum Reason {
    /** They are as many as needed. */
    STEADY,
    /** How much a replica handles is not known yet, so none is removed. */
    LEARNING,
    /** More are needed. */
    SCALING_OUT,
    /** Fewer are needed and have been for long enough. */
    SCALING_IN,
    /** Fewer are needed, but not for long enough yet. */
    STABILIZING,
    /** There was none and messages arrived. */
    WAKING,
    /** Nothing has happened for the cooldown. */
    IDLE,
    /** More are needed than the policy allows, whether as many as allowed exist yet or not. */
    AT_MAXIMUM,
    /** The replicas were fewer or more than the policy allows. */
    OUT_OF_BOUNDS,
    /** Nothing changes while the queue is not known. */
    HOLDING_UNKNOWN,
    /** The last replicas that were added did not help, so none is added for a while. */
    INEFFECTIVE,
    /** More would be needed, but of a single active consumer's replicas only one works. */
    SINGLE_ACTIVE_CONSUMER
  }
}
