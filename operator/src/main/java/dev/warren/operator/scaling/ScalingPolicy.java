package dev.warren.operator.scaling;

import java.time.Duration;

/**
 * The user's settings of scaling, and what is known of the consumer.
 *
 * @param minReplicas at least 0
 * @param maxReplicas at least 1 and at least {@code minReplicas}
 * @param drainWithin how long it may take to work off a backlog beside new messages; above zero
 * @param maxWait how long a message may wait; a backlog within this limit does not count
 * @param targetUtilization how busy the replicas should be, above 0 and at most 1
 * @param initialRate messages/s of one replica, above 0; used until it was measured
 * @param concurrency how many messages a replica can work on at once, at least 1; its prefetch
 * @param cooldown how long no message must arrive before replicas drop to the minimum at once
 * @param scaleInWindow how long fewer replicas must be enough before some are removed
 * @param maxScaleInPercent the percentage of replicas that may be removed per minute, at least one;
 *     1..100
 * @param singleActiveConsumer whether the queue gives its messages to one consumer only, so that
 *     more than one replica does nothing
 */
public record ScalingPolicy(
    int minReplicas,
    int maxReplicas,
    Duration drainWithin,
    Duration maxWait,
    double targetUtilization,
    double initialRate,
    int concurrency,
    Duration cooldown,
    Duration scaleInWindow,
    int maxScaleInPercent,
    boolean singleActiveConsumer) {

  /** Lowers the maximum to what is useful. */
  public ScalingPolicy {
    if (singleActiveConsumer) {
      maxReplicas = Math.max(1, minReplicas);
    }
  }

  /** The nearest number of replicas that is allowed. */
  int bound(int replicas) {
    return Math.clamp(replicas, minReplicas, maxReplicas);
  }
}
