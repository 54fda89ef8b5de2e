package dev.warren.operator.observation;


import java.util.Map;
import java.util.Optional;

/**
 * What is known of the load of consumers that follow it.
 *
 * @param consumers by name; without those whose load nobody has asked for yet
 * @param unacknowledged how many messages the clients at each IP address hold; empty unless some
 *     consumer has more Pods than it needs, and when the broker did not say
 */
public record ScalingObservation(
    Map<String, ConsumerScaling> consumers, Optional<Map<String, Long>> unacknowledged) {

  /** Nothing. */
  public static final ScalingObservation NONE = new ScalingObservation(Map.of(), Optional.empty());

  /** How it stands with a consumer. */
  public Optional<ConsumerScaling> of(String consumer) {
    return Optional.ofNullable(consumers.get(consumer));
  }
}
