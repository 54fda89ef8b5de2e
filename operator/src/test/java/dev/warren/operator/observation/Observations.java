package dev.warren.operator.observation;

import dev.warren.operator.observation.BrokerObservation.Unreachable;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
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
        Map.of(),
        BrokerWork.NONE,
        Map.of(),
        CertificateObservation.NONE,
        at);
  }

  /** The same with these nodes. */
  public static Observation withNodes(Observation seen, SortedMap<Integer, QueueNode> nodes) {
    return with(seen, nodes, seen.machines(), seen.queueConsumers());
  }

  /** The same with these machines of nodes that are not ready. */
  public static Observation withMachines(Observation seen, Map<Integer, KubernetesNode> machines) {
    return with(seen, seen.nodes(), machines, seen.queueConsumers());
  }

  /** The same with these consumers of queues. */
  public static Observation withQueueConsumers(
      Observation seen, Map<String, QueueConsumers> consumers) {
    return with(seen, seen.nodes(), seen.machines(), consumers);
  }

  private static Observation with(
      Observation seen,
      SortedMap<Integer, QueueNode> nodes,
      Map<Integer, KubernetesNode> machines,
      Map<String, QueueConsumers> consumers) {
    return new Observation(
        seen.objects(),
        nodes,
        seen.highestNumber(),
        seen.consumerPods(),
        seen.broker(),
        machines,
        seen.places(),
        seen.lastSeenRunning(),
        seen.resolvable(),
        seen.warnings(),
        seen.scaling(),
        consumers,
        seen.deliveries(),
        seen.work(),
        seen.refusedDeclarations(),
        seen.certificates(),
        seen.at());
  }
}
