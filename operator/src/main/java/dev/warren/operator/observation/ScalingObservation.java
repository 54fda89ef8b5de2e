package dev.warren.operator.observation;

import java.util.Map;
import java.util.Optional;

/**
 * What is known about the load of consumers that scale with it.
 *
 * @param consumers by name; without those whose load has not been queried yet
 * @param work the work of the clients at each IP address; empty if no consumer has more Pods than
 *     it needs, or the broker did not report it
 */
public record ScalingObservation(
    Map<String, ConsumerScaling> consumers, Optional<Map<String, ClientWork>> work) {

  /** Nothing. */
  public static final ScalingObservation NONE = new ScalingObservation(Map.of(), Optional.empty());

  /** The scaling of a consumer. */
  public Optional<ConsumerScaling> of(String consumer) {
    return Optional.ofNullable(consumers.get(consumer));
  }
}
