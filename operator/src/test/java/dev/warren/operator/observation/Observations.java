package dev.warren.operator.observation;

import dev.warren.operator.observation.BrokerObservation.Unreachable;
import io.fabric8.kubernetes.api.model.HasMetadata;
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
    return objects(List.of(), at);
  }

  /** There are only these objects, and the broker does not answer. */
  public static Observation objects(List<? extends HasMetadata> objects, Instant at) {
    return new Observation(
        new ObservedObjects(objects),
        new TreeMap<>(),
        -1,
        List.of(),
        new Unreachable("no"),
        Map.of(),
        Places.NOT_READ,
        Map.of(),
        Set.of(),
        Map.of(),
        ScalingObservation.NONE,
        Map.of(),
        BrokerWork.NONE,
        Map.of(),
        at);
  }
}
