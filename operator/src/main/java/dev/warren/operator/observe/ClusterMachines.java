package dev.warren.operator.observe;

import static java.util.stream.Collectors.toMap;

import dev.warren.operator.observation.Machine;
import dev.warren.operator.observation.Places;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Reads the machines of the cluster, and remembers since when each has been well. The list may be
 * large, so all topologies share one that is at most half a minute old. An operator that has just
 * started has not seen any machine well.
 */
final class ClusterMachines {

  private static final Logger LOG = Logger.getLogger(ClusterMachines.class);
  private static final Duration FRESH = Duration.ofSeconds(30);

  /** After a longer time without a look, a machine may have been away in between. */
  private static final Duration CONTINUOUS = Duration.ofMinutes(2);

  private final KubernetesClient kubernetes;
  private final Clock clock;
  private Instant readAt = Instant.MIN;
  private Places last = Places.NOT_READ;

  ClusterMachines(KubernetesClient kubernetes, Clock clock) {
    this.kubernetes = kubernetes;
    this.clock = clock;
  }

  /** All machines; unknown if they cannot be read. */
  synchronized Places read() {
    Instant now = clock.instant();
    if (readAt.isAfter(now.minus(FRESH))) {
      return last;
    }
    Map<String, Machine> before =
        readAt.isAfter(now.minus(CONTINUOUS)) ? last.machines() : Map.of();
    last = read(before, now);
    readAt = now;
    return last;
  }

  private Places read(Map<String, Machine> before, Instant now) {
    try {
      return Places.of(
          kubernetes.nodes().list().getItems().stream()
              .map(node -> machine(node, before.get(node.getMetadata().getName()), now))
              .collect(toMap(Machine::name, Function.identity())));
    } catch (KubernetesClientException e) {
      LOG.warnf("cannot list the machines of the cluster: %s", e.getMessage());
      return Places.unknown(
          e.getCode() == 403
              ? "the operator may not list Kubernetes nodes"
              : "Kubernetes nodes cannot be listed");
    }
  }

  private static Machine machine(Node node, Machine before, Instant now) {
    NodeSpec spec = Optional.ofNullable(node.getSpec()).orElseGet(NodeSpec::new);
    List<Taint> taints = spec.getTaints();
    Optional<String> unwell = unwell(node, spec);
    boolean continues =
        before != null
            && before.unwell().isEmpty()
            && unwell.isEmpty()
            && before.taints().equals(taints);
    return new Machine(
        node.getMetadata().getName(),
        Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of()),
        taints,
        Optional.ofNullable(node.getStatus().getAllocatable()).orElseGet(HashMap::new),
        unwell,
        latest(continues ? before.wellSince() : now, readySince(node)));
  }

  private static Optional<String> unwell(Node node, NodeSpec spec) {
    if (node.getMetadata().getDeletionTimestamp() != null) {
      return Optional.of("is being deleted");
    }
    if (Boolean.TRUE.equals(spec.getUnschedulable())) {
      return Optional.of("is cordoned");
    }
    return KubernetesNodes.ready(node)
            .map(NodeCondition::getStatus)
            .filter("True"::equals)
            .isPresent()
        ? Optional.empty()
        : Optional.of("is not ready");
  }

  private static Instant readySince(Node node) {
    return KubernetesNodes.ready(node)
        .map(NodeCondition::getLastTransitionTime)
        .map(Instant::parse)
        .orElse(Instant.MIN);
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
