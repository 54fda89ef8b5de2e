package dev.warren.operator.plan.topology;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.QueueNodeConfig;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The desired number of a queue's members. */
public final class MemberCount {

  /** The argument with which a client sets it for a queue that it declares. */
  private static final String GROUP_SIZE = "x-quorum-initial-group-size";

  private MemberCount() {}

  /** The number of members of a queue in a cluster of that many nodes. */
  public static int members(QueueSpec queue, int nodes) {
    return Math.min(wanted(queue), nodes);
  }

  /**
   * The desired number of members of each durable replicated queue if there are enough nodes, by
   * name; including queues that clients have declared.
   */
  public static SortedMap<String, Integer> all(List<QueueSpec> specs, Reachable broker) {
    SortedMap<String, Integer> wanted = new TreeMap<>();
    for (Queue queue : broker.definitions().queues().values()) {
      if (!queue.type().equals("classic")) {
        wanted.put(queue.name(), ofClient(queue.arguments()));
      }
    }
    specs.stream()
        .filter(spec -> isOfItsType(spec, broker))
        .forEach(spec -> wanted.computeIfPresent(spec.name(), (name, any) -> wanted(spec)));
    return wanted;
  }

  /** Somebody may have declared the queue with another type; that is reported as a conflict. */
  private static boolean isOfItsType(QueueSpec spec, Reachable broker) {
    Queue declared = broker.definitions().queues().get(spec.name());
    return declared != null && declared.type().equalsIgnoreCase(spec.type().name());
  }

  private static int wanted(QueueSpec queue) {
    if (queue.type() == QueueType.CLASSIC) {
      return 1;
    }
    return queue.members() == null ? QueueNodeConfig.DEFAULT_MEMBERS : queue.members();
  }

  private static int ofClient(Map<String, Object> arguments) {
    return arguments.get(GROUP_SIZE) instanceof Number size
        ? size.intValue()
        : QueueNodeConfig.DEFAULT_MEMBERS;
  }
}
