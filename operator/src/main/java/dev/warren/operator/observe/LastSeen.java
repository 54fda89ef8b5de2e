package dev.warren.operator.observe;

import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Remembered;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers when each node was last said to run, or its machine to be well. In memory: an operator
 * that has just started goes by what Kubernetes knows of the machine, and so may wait for longer
 * before it takes a node for lost.
 */
final class LastSeen {

  private final Remembered<Map<Integer, Instant>> byTopology = new Remembered<>();

  /** Takes in what the broker says now, and gives what is known of its nodes by number. */
  Map<Integer, Instant> update(
      String uid,
      ResourceNames names,
      BrokerObservation broker,
      Map<Integer, KubernetesNode> machines,
      Instant now) {
    Map<Integer, Instant> known = byTopology.of(uid).orElse(Map.of());
    if (!(broker instanceof Reachable answer)) {
      return known;
    }
    Map<Integer, Instant> seen = new HashMap<>();
    answer
        .nodes()
        .values()
        .forEach(
            node ->
                names
                    .number(node.name())
                    .ifPresent(
                        n ->
                            seen.put(
                                n,
                                node.running() || isWell(machines.get(n))
                                    ? now
                                    : known.getOrDefault(n, silentSince(n, machines, now)))));
    byTopology.put(uid, Map.copyOf(seen));
    return seen;
  }

  /**
   * What merely does not start on it is no loss, however long that was so before it fell silent.
   */
  private static boolean isWell(KubernetesNode machine) {
    return machine != null && machine.isReady();
  }

  /** Of a node that was never seen to run: no later than its machine fell silent. */
  private static Instant silentSince(int node, Map<Integer, KubernetesNode> machines, Instant now) {
    return Optional.ofNullable(machines.get(node))
        .filter(machine -> machine.state() == KubernetesNode.State.SILENT)
        .flatMap(KubernetesNode::since)
        .orElse(now);
  }
}
