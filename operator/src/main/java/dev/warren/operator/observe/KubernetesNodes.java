package dev.warren.operator.observe;

import dev.warren.operator.model.Labels;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.VolumeNodeAffinity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the state of machines whose queue nodes do not serve clients. */
final class KubernetesNodes {

  /**
   * Where each kubelet renews a lease with its machine's name, whatever the node's condition says.
   */
  static final String LEASES = "kube-node-lease";

  private final KubernetesClient kubernetes;
  private final Clock clock;

  KubernetesNodes(KubernetesClient kubernetes, Clock clock) {
    this.kubernetes = kubernetes;
    this.clock = clock;
  }

  /** By the number of the queue node. */
  Map<Integer, KubernetesNode> of(Collection<QueueNode> nodes) {
    Map<Integer, KubernetesNode> machines = new HashMap<>();
    nodes.stream()
        .filter(node -> !node.hasReadyPod())
        .forEach(node -> name(node).ifPresent(name -> machines.put(node.number(), machine(name))));
    return machines;
  }

  private Optional<String> name(QueueNode node) {
    return node.machine().or(() -> machineOfVolume(node));
  }

  /** The machine of a local volume; empty for a volume that can be attached elsewhere. */
  private Optional<String> machineOfVolume(QueueNode node) {
    return node
        .volume()
        .map(claim -> claim.getSpec().getVolumeName())
        .map(volume -> kubernetes.persistentVolumes().withName(volume).get())
        .map(volume -> volume.getSpec().getNodeAffinity())
        .map(VolumeNodeAffinity::getRequired)
        .stream()
        .flatMap(required -> required.getNodeSelectorTerms().stream())
        .flatMap(term -> term.getMatchExpressions().stream())
        .filter(expression -> expression.getKey().equals(Labels.HOSTNAME))
        .filter(expression -> expression.getOperator().equals("In"))
        .filter(expression -> expression.getValues().size() == 1)
        .map(expression -> expression.getValues().getFirst())
        .findFirst();
  }

  private KubernetesNode machine(String name) {
    Node node = kubernetes.nodes().withName(name).get();
    if (node == null) {
      return new KubernetesNode(name, KubernetesNode.State.GONE);
    }
    return ready(node)
        .map(
            ready ->
                new KubernetesNode(
                    name,
                    state(name, ready),
                    Optional.of(Instant.parse(ready.getLastTransitionTime()))))
        .orElseGet(() -> new KubernetesNode(name, KubernetesNode.State.SILENT));
  }

  /** The condition of a machine that says whether it is ready. */
  static Optional<NodeCondition> ready(Node node) {
    return node.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .findFirst();
  }

  /**
   * For a minute after an outage of the API server, Kubernetes reports healthy machines as silent:
   * its controllers see renewed leases late, and write Unknown repeatedly. The lease is reliable.
   */
  private KubernetesNode.State state(String name, NodeCondition ready) {
    return switch (ready.getStatus()) {
      case "True" -> KubernetesNode.State.READY;
      case "Unknown" ->
          hasRenewedItsLease(name) ? KubernetesNode.State.READY : KubernetesNode.State.SILENT;
      default -> KubernetesNode.State.SILENT;
    };
  }

  /** The kubelet renews it four times in the lease's duration. Two renewals may be missed. */
  private boolean hasRenewedItsLease(String name) {
    return Optional.ofNullable(kubernetes.leases().inNamespace(LEASES).withName(name).get())
        .map(Lease::getSpec)
        .filter(lease -> lease.getRenewTime() != null && lease.getLeaseDurationSeconds() != null)
        .filter(
            lease ->
                Duration.between(lease.getRenewTime().toInstant(), clock.instant())
                        .abs()
                        .compareTo(Duration.ofSeconds(lease.getLeaseDurationSeconds()).dividedBy(2))
                    < 0)
        .isPresent();
  }
}
