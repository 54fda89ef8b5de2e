package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeReplacement;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodesStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Quorum;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Removal;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.Spread;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The status of the queue nodes. */
final class NodeStatuses {

  private static final String READY = "Ready";

  private final Observation observed;
  private final ResourceNames names;
  private final Optional<NodeRemoval> removal;

  NodeStatuses(Observation observed, ResourceNames names, Optional<NodeRemoval> removal) {
    this.observed = observed;
    this.names = names;
    this.removal = removal;
  }

  NodesStatus build(int desired) {
    List<NodeStatus> members = shown().map(this::node).toList();
    int ready = (int) serving().map(this::node).filter(NodeStatuses::isReady).count();
    return new NodesStatus(
        desired,
        ready,
        quorum(),
        members,
        removal.filter(last -> !last.isDone()).map(this::underway).orElse(null),
        removal.map(this::replacement).orElse(null));
  }

  private Stream<QueueNode> shown() {
    return observed.nodes().values().stream().filter(node -> !isForgotten(node));
  }

  /**
   * Those that must be ready. While a node moves, the new one does not count until everything is
   * there; then the old one does not.
   */
  Stream<QueueNode> serving() {
    return shown().filter(node -> !isExtra(node));
  }

  private boolean isExtra(QueueNode node) {
    return removal
        .filter(move -> move.kind() == Kind.MOVED && move.isUnderway())
        .filter(
            move ->
                move.isMoveOfServingNode()
                    ? Objects.equals(move.replacedBy(), node.number())
                    : move.node() == node.number())
        .isPresent();
  }

  /** Its Pod may still exist, on a machine that does not answer, while the next node is removed. */
  private boolean isForgotten(QueueNode node) {
    boolean isLeftOver = node.isTerminating() && !node.hasName() && !node.hasVolume();
    return isLeftOver
        || removal.filter(gone -> gone.node() == node.number() && !gone.isUnderway()).isPresent();
  }

  private boolean isLeaving(QueueNode node) {
    return removal
        .filter(gone -> gone.node() == node.number() && gone.isUnderway())
        .filter(gone -> !gone.isMoveOfServingNode())
        .isPresent();
  }

  private Removal underway(NodeRemoval removed) {
    return new Removal(
        names.node(removed.node()),
        removed.kind().wire(),
        removed.phase().wire(),
        removed.since(),
        removed.because());
  }

  private NodeReplacement replacement(NodeRemoval gone) {
    return new NodeReplacement(
        names.node(gone.node()),
        gone.because(),
        gone.replacedBy() == null ? null : names.node(gone.replacedBy()),
        gone.decidedAt(),
        gone.forgottenAt(),
        gone.isDone() ? gone.since() : null);
  }

  /** Why a node is not ready; one that is only starting is named if there is no other. */
  Optional<Problem> worstProblem() {
    return serving()
        .flatMap(node -> problem(node).map(problem -> named(node, problem)).stream())
        .min(Problem.WORST_FIRST.thenComparing(problem -> problem.reason() == Reason.STARTING));
  }

  /** Why the new node of a move is not ready. */
  Optional<Problem> problemOfNewNode() {
    return shown()
        .filter(node -> removal.filter(NodeRemoval::isMoveOfServingNode).isPresent())
        .filter(this::isExtra)
        .findFirst()
        .flatMap(node -> problem(node).map(problem -> named(node, problem)));
  }

  private Problem named(QueueNode node, Problem problem) {
    return new Problem(problem.reason(), names.node(node.number()) + ": " + problem.message());
  }

  /** Names the nodes that share a machine, as after the loss of another machine. */
  Optional<Problem> sharedMachine() {
    Spread spread = Spread.of(shown().filter(node -> !isLeaving(node)));
    return spread.shared().isEmpty()
        ? Optional.empty()
        : Optional.of(new Problem(Reason.MACHINE_SHARED, spread.describe(names)));
  }

  static boolean isReady(NodeStatus node) {
    return node.state().equals(READY);
  }

  private NodeStatus node(QueueNode node) {
    Optional<Problem> problem = problem(node);
    return new NodeStatus(
        names.node(node.number()),
        problem.map(Problem::reason).map(Reason::wireName).orElse(READY),
        node.machine().orElse(null),
        problem.map(Problem::message).orElse(null));
  }

  private Optional<Problem> problem(QueueNode node) {
    if (isLeaving(node)) {
      return Optional.of(new Problem(Reason.LEAVING, removal.orElseThrow().because()));
    }
    if (node.pod().isEmpty()) {
      return Optional.of(new Problem(Reason.STARTING, "The node's Pod is being created"));
    }
    Optional<Problem> ofPod = PodDiagnosis.of(node.pod().get(), observed.warnings());
    if (ofPod.isPresent()) {
      return Optional.of(node.lacksItsGateway() ? ofGateway(ofPod.get()) : ofPod.get());
    }
    if (!node.hasVolume()) {
      return Optional.of(
          new Problem(
              Reason.VOLUME_LOST,
              "The node's PersistentVolumeClaim was deleted. The node is lost when its Pod ends"));
    }
    return alarm(node);
  }

  private static Problem ofGateway(Problem ofPod) {
    String detail =
        ofPod.reason() == Reason.STARTING
            ? "it is starting, or cannot reach the broker"
            : ofPod.message();
    return new Problem(
        Reason.GATEWAY_NOT_READY, "RabbitMQ is ready, but the gateway beside it is not: " + detail);
  }

  private Optional<Problem> alarm(QueueNode node) {
    return observed
        .reachable()
        .flatMap(broker -> broker.member(names.brokerNode(node.number())))
        .map(Node::alarms)
        .filter(alarms -> !alarms.isEmpty())
        .map(
            alarms ->
                new Problem(
                    Reason.RESOURCE_ALARM,
                    "The node has run out of %s: publishers are blocked"
                        .formatted(String.join(" and ", alarms))));
  }

  private Quorum quorum() {
    return observed
        .reachable()
        .map(
            broker -> {
              if (!observed.hasMajority()) {
                return Quorum.Lost;
              }
              boolean all = broker.allRun();
              return all ? Quorum.Healthy : Quorum.Degraded;
            })
        .orElse(Quorum.Unknown);
  }
}
