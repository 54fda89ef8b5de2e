package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.NodeRemoval.Phase;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerWork;
import dev.warren.operator.observation.CertificateObservation;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.Places;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.ScalingObservation;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a pass observes while node 1 is removed and 0, 2 and 3 stay. At first node 1 runs, is in
 * service, and has a member of the one queue.
 */
final class RemovalScene {

  private static final int LEAVING = 1;
  private static final Instant DECIDED = Instant.parse("2026-01-01T12:00:00Z");

  private final TreeMap<Integer, Boolean> brokers =
      new TreeMap<>(Map.of(0, true, LEAVING, true, 2, true, 3, true));
  private final TreeMap<String, Queue> queues = new TreeMap<>();
  private final TreeMap<String, QueueState> states = new TreeMap<>();
  private Kind kind = Kind.SURPLUS;
  private boolean inService = true;
  private boolean hasName = true;
  private boolean marked;
  private boolean started = true;
  private boolean blank;
  private boolean recordedAsBlank;
  private boolean leftovers = true;
  private boolean resolvable;
  private Instant now = DECIDED;

  RemovalScene() {
    quorum(Set.of(0, LEAVING, 2, 3));
  }

  RemovalScene kind(Kind kind) {
    this.kind = kind;
    return this;
  }

  /** The queue has members on these nodes. */
  RemovalScene quorum(Set<Integer> members) {
    queue("q", "quorum", members, members);
    return this;
  }

  /** A queue that has one member on each of the two nodes, of which the second one runs. */
  RemovalScene needed() {
    queue("q", "quorum", Set.of(LEAVING, 2), Set.of(2));
    return this;
  }

  /** Node 1 has the only member of a queue. */
  RemovalScene classic() {
    queue("c", "classic", Set.of(LEAVING), Set.of());
    return this;
  }

  private void queue(String name, String type, Set<Integer> members, Set<Integer> online) {
    queues.put(name, new Queue(name, type, Map.of()));
    states.put(
        name,
        new QueueState(
            name,
            online.stream().map(NAMES::brokerNode).sorted().findFirst(),
            members.stream().map(NAMES::brokerNode).sorted().toList(),
            online.stream().map(NAMES::brokerNode).sorted().toList(),
            0,
            0,
            0));
  }

  RemovalScene running(int node, boolean running) {
    brokers.put(node, running);
    return this;
  }

  RemovalScene unknown(int node) {
    brokers.remove(node);
    return this;
  }

  RemovalScene outOfService() {
    inService = false;
    return this;
  }

  RemovalScene marked() {
    marked = true;
    return this;
  }

  RemovalScene nameless() {
    hasName = false;
    return this;
  }

  RemovalScene resolvable() {
    resolvable = true;
    return this;
  }

  /** It found its volume empty. */
  RemovalScene blank() {
    blank = true;
    return this;
  }

  /** It found its volume empty. Since then it got a new Pod, which has not started. */
  RemovalScene recordedAsBlank() {
    recordedAsBlank = true;
    started = false;
    return this;
  }

  /** It found its volume empty, and has started since. */
  RemovalScene startedSince() {
    recordedAsBlank = true;
    return this;
  }

  RemovalScene withoutLeftovers() {
    leftovers = false;
    return this;
  }

  RemovalScene later(int seconds) {
    now = now.plusSeconds(seconds);
    return this;
  }

  NodeRemoval removal(Phase phase) {
    return NodeRemoval.decided(LEAVING, kind, "of a test", DECIDED.toString())
        .enter(phase, DECIDED.toString())
        .blank(recordedAsBlank);
  }

  Phase next(MessageTopologySpec spec, Phase phase) {
    Observation seen = observation();
    return new RemovalProgress(spec, seen, seen.reachable().orElseThrow())
        .of(LeavingNode.of(removal(phase), NAMES, seen))
        .phase();
  }

  Observation observation() {
    TreeMap<String, Node> nodes = new TreeMap<>();
    brokers.forEach(
        (n, runs) ->
            nodes.put(
                NAMES.brokerNode(n),
                new Node(NAMES.brokerNode(n), runs, List.of(), Optional.empty())));
    TreeMap<Integer, QueueNode> seen = new TreeMap<>();
    if (leftovers) {
      seen.put(LEAVING, new QueueNode(LEAVING, Optional.of(volume()), Optional.of(pod())));
    }
    return new Observation(
        new ObservedObjects(List.of()),
        seen,
        3,
        List.of(),
        new Reachable(
            new BrokerDefinitions(Map.of(), queues, Set.of(), Map.of(), Map.of()),
            nodes,
            states,
            OwnershipRecord.NOTHING,
            Map.of(),
            Set.of(),
            false,
            Set.of()),
        Map.of(),
        Places.NOT_READ,
        Map.of(),
        resolvable ? Set.of(LEAVING) : Set.of(),
        Map.of(),
        ScalingObservation.NONE,
        Map.of(),
        Map.of(),
        BrokerWork.NONE,
        Map.of(),
        CertificateObservation.NONE,
        now);
  }

  private static PersistentVolumeClaim volume() {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withName(NAMES.volume(LEAVING))
        .endMetadata()
        .build();
  }

  private Pod pod() {
    Component component = hasName ? Component.QUEUE_NODE : Component.LOST_NODE;
    return new PodBuilder()
        .withNewMetadata()
        .withName(NAMES.node(LEAVING))
        .addToLabels(Labels.COMPONENT, component.value())
        .addToLabels(Labels.IN_SERVICE, String.valueOf(inService))
        .addToLabels(Labels.LEAVING, String.valueOf(marked))
        .endMetadata()
        .withNewStatus()
        .addNewContainerStatus()
        .withName(QueueNodePod.CONTAINER)
        .withState(blank ? refused() : started ? running() : new ContainerState())
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static ContainerState running() {
    return new ContainerStateBuilder().withNewRunning().endRunning().build();
  }

  private static ContainerState refused() {
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withExitCode(QueueNode.VOLUME_EMPTY)
        .endTerminated()
        .build();
  }
}
