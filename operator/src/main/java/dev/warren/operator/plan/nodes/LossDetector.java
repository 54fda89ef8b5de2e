package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.nodes.RemovalFinding.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Decides which node is lost. It needs evidence from both sides: from Kubernetes (about the machine
 * or the volume), and from the running nodes (that this one does not run). Unknown is not lost.
 */
final class LossDetector {

  private final ResourceNames names;
  private final NodesSpec spec;
  private final Observation observed;

  LossDetector(ResourceNames names, NodesSpec spec, Observation observed) {
    this.names = names;
    this.spec = spec;
    this.observed = observed;
  }

  RemovalFinding find() {
    return observed.reachable().map(this::find).orElse(RemovalFinding.NONE);
  }

  private RemovalFinding find(Reachable broker) {
    if (observed.hasMajority()) {
      Optional<Candidate> outside = notAMember(broker);
      if (outside.isPresent()) {
        return RemovalFinding.of(outside.get());
      }
    }
    TreeMap<Integer, String> suspects = new TreeMap<>();
    for (Node node : broker.nodes().values()) {
      OptionalInt number = names.number(node.name());
      if (!node.running() && number.isPresent()) {
        suspicion(number.getAsInt()).ifPresent(why -> suspects.put(number.getAsInt(), why));
      }
    }
    // Nodes that do not run are replaced before a running one that was given up.
    Optional<Candidate> byHand =
        givenUp(broker, node -> suspects.isEmpty() || suspects.containsKey(node.number()));
    if (byHand.isPresent()) {
      return RemovalFinding.of(byHand.get());
    }
    if (suspects.isEmpty()) {
      return RemovalFinding.NONE;
    }
    // Nodes that have lost their data do not return, however many they are.
    Optional<Integer> hopeless = suspects.keySet().stream().filter(n -> !hasData(n)).findFirst();
    if (observed.hasMajority() && hopeless.isPresent()) {
      return replaceable(hopeless.get(), suspects.get(hopeless.get()), broker);
    }
    if (!observed.hasMajority() || suspects.size() > 1) {
      return held(
          Reason.SEVERAL_NODES_LOST,
          "%s. No node is replaced while so many are lost at once"
              .formatted(String.join("; ", suspects.values())));
    }
    return replaceable(suspects.firstKey(), suspects.firstEntry().getValue(), broker);
  }

  private RemovalFinding replaceable(int node, String why, Reachable broker) {
    if (spec.replaceAfter().equals(Durations.NEVER)) {
      return held(Reason.NODE_LOST, why + ". It is not replaced, because replaceAfter is never");
    }
    Instant lastSeen = observed.lastSeenRunning().getOrDefault(node, observed.at());
    Duration missing = Duration.between(lastSeen, observed.at());
    if (hasData(node) && missing.compareTo(patience()) < 0) {
      return held(
          Reason.NODE_LOST,
          why + ". It is replaced if it does not return within " + spec.replaceAfter());
    }
    Optional<String> only = queueOnlyOn(node, broker);
    if (hasData(node) && only.isPresent()) {
      return held(
          Reason.NODE_LOST,
          "%s. No other node has queue '%s', so it is not replaced; to give the queue up, annotate its Pod with %s=true"
              .formatted(why, only.get(), Labels.REPLACE));
    }
    Optional<String> needing = OnlyCopies.needing(names.brokerNode(node), broker);
    if (hasData(node) && needing.isPresent()) {
      return held(
          Reason.NODE_LOST,
          "%s. Queue '%s' has no majority without it, so it is not replaced; to give the queue up, annotate its Pod with %s=true"
              .formatted(why, needing.get(), Labels.REPLACE));
    }
    return RemovalFinding.of(new Candidate(node, Kind.LOST, why));
  }

  /** Why a node that does not run seems to be lost, and not merely stopped. */
  private Optional<String> suspicion(int node) {
    String name = names.node(node);
    if (!hasVolume(node)) {
      return Optional.of(name + " does not run and its volume is gone");
    }
    if (isBlank(node)) {
      return Optional.of(name + " does not run, because its volume is empty");
    }
    return Optional.ofNullable(observed.machines().get(node))
        .filter(machine -> !machine.isReady())
        .map(machine -> name + " does not run and " + machine.description());
  }

  /**
   * A node that the others do not know: they have forgotten it, or it never joined. It has no data.
   */
  private Optional<Candidate> notAMember(Reachable broker) {
    if (spec.replaceAfter().equals(Durations.NEVER)) {
      return Optional.empty();
    }
    return observed.nodes().values().stream()
        .filter(QueueNode::hasVolume)
        .filter(node -> !broker.nodes().containsKey(names.brokerNode(node.number())))
        .flatMap(node -> outside(node).stream())
        .findFirst();
  }

  private Optional<Candidate> outside(QueueNode node) {
    String name = names.node(node.number());
    if (node.hasJoined()) {
      return Optional.of(
          new Candidate(node.number(), Kind.LOST, name + " was forgotten by the other nodes"));
    }
    KubernetesNode machine = observed.machines().get(node.number());
    boolean stranded =
        machine != null
            && !machine.isReady()
            && node.pod().map(observed::age).orElse(Duration.ZERO).compareTo(patience()) >= 0;
    return stranded
        ? Optional.of(
            new Candidate(
                node.number(), Kind.LOST, name + " has never joined and " + machine.description()))
        : Optional.empty();
  }

  private Duration patience() {
    return Durations.parse(spec.replaceAfter());
  }

  private boolean hasData(int node) {
    return hasVolume(node) && !isBlank(node);
  }

  private boolean hasVolume(int node) {
    return observed.nodes().containsKey(node) && observed.nodes().get(node).hasVolume();
  }

  private boolean isBlank(int node) {
    return observed.nodes().get(node).isBlank();
  }

  private Optional<Candidate> givenUp(Reachable broker, Predicate<QueueNode> eligible) {
    return observed.nodes().values().stream()
        .filter(QueueNode::isGivenUp)
        .filter(eligible)
        .filter(node -> broker.nodes().containsKey(names.brokerNode(node.number())))
        .filter(node -> observed.hasMajority())
        .map(
            node ->
                new Candidate(
                    node.number(),
                    Kind.GIVEN_UP,
                    "%s was given up by the annotation %s"
                        .formatted(names.node(node.number()), Labels.REPLACE)))
        .findFirst();
  }

  /** A durable queue that no other node has. */
  private Optional<String> queueOnlyOn(int node, Reachable broker) {
    return OnlyCopies.on(names.brokerNode(node), broker);
  }

  private static RemovalFinding held(Reason reason, String message) {
    return RemovalFinding.held(new Problem(reason, message));
  }
}
