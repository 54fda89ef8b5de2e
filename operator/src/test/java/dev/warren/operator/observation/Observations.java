package dev.warren.operator.observation;

import dev.warren.operator.observation.BrokerObservation.Unreachable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Observations that several tests use. */
public final class Observations {

  private Observations() {}

  /** There is nothing, and the broker does not answer. */
  public static Observation nothing(Instant at) {
    return new Observation(
        new ObservedObjects(List.of()),
        new TreeMap<>(),
        -1,
        List.of(),
        new Unreachable("no"),
        Map.of(),
        Map.of(),
        Set.of(),
        Map.of(),
        ScalingObservation.NONE,
        BrokerWork.NONE,
        at);
  }
}
