package dev.warren.operator.reconcile;

import dev.warren.operator.plan.Machine;
import dev.warren.operator.plan.QueueNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Asks Kubernetes about the machines of queue nodes that do not serve clients. */
final class Machines {

  /** Where the scheduler has placed a volume that is made on the machine of its first Pod. */
  private static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  private final KubernetesClient kubernetes;

  Machines(KubernetesClient kubernetes) {
    this.kubernetes = kubernetes;
  }

  /** By the number of the queue node. */
  Map<Integer, Machine> of(Collection<QueueNode> nodes) {
    Map<Integer, Machine> machines = new HashMap<>();
    nodes.stream()
        .filter(node -> !node.hasReadyPod())
        .forEach(node -> name(node).ifPresent(name -> machines.put(node.number(), machine(name))));
    return machines;
  }

  private static Optional<String> name(QueueNode node) {
    return node.pod()
        .map(pod -> pod.getSpec().getNodeName())
        .or(
            () ->
                node.volume()
                    .map(volume -> volume.getMetadata().getAnnotations())
                    .map(annotations -> annotations.get(SELECTED_NODE)));
  }

  private Machine machine(String name) {
    Node node = kubernetes.nodes().withName(name).get();
    if (node == null) {
      return new Machine(name, Machine.State.GONE);
    }
    return node.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .findFirst()
        .map(
            ready ->
                new Machine(
                    name,
                    ready.getStatus().equals("True") ? Machine.State.READY : Machine.State.SILENT,
                    Optional.of(Instant.parse(ready.getLastTransitionTime()))))
        .orElseGet(() -> new Machine(name, Machine.State.SILENT));
  }
}
