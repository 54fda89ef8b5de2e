package dev.warren.operator.scaling;

import java.time.Instant;

/**
 * One observation of a consumer and its queue.
 *
 * @param at when; later than the sample before
 * @param replicas how many are desired now, from the Deployment's spec
 * @param readyReplicas how many of them are ready
 */
public record Sample(Instant at, int replicas, int readyReplicas, QueueReading queue) {}
