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
 * Remembers when each node was last reported as running, or its machine as healthy. It is kept in
 * memory: an operator that has just started uses what Kubernetes knows of the machine, and so may
 * take longer to consider a node lost.
 */
final class LastSeen {

  private final Remembered<Map<Integer, Instant>> byTopology = new Remembered<>();

  /** Updates the times from the broker's report, and returns those of its nodes by number. */
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

  /** A node that cannot start on a healthy machine is not lost, however long the failure lasts. */
  private static boolean isWell(KubernetesNode machine) {
    return machine != null && machine.isReady();
  }

  /** For a node that was never seen running: at the latest when its machine became silent. */
  private static Instant silentSince(int node, Map<Integer, KubernetesNode> machines, Instant now) {
    return Optional.ofNullable(machines.get(node))
        .filter(machine -> machine.state() == KubernetesNode.State.SILENT)
        .flatMap(KubernetesNode::since)
        .orElse(now);
  }
}
