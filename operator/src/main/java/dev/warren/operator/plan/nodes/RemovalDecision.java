package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.FailedMoves;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.nodes.RemovalFinding.Candidate;
import dev.warren.operator.plan.nodes.RemovalProgress.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides which node is removed, one at a time, and in which phase its removal is. */
final class RemovalDecision {

  /**
   * @param removal as it must be recorded
   * @param failedMoves as they must be recorded
   * @param problems why a node is not removed that should be
   */
  record Decided(Optional<NodeRemoval> removal, FailedMoves failedMoves, List<Problem> problems) {}

  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Observation observed;
  private final Membership recorded;
  private final QueueNodePod pods;
  private final List<Problem> problems = new ArrayList<>();
  private FailedMoves failedMoves;

  RemovalDecision(
      ResourceNames names,
      MessageTopologySpec spec,
      Observation observed,
      Membership recorded,
      QueueNodePod pods) {
    this.names = names;
    this.spec = spec;
    this.observed = observed;
    this.recorded = recorded;
    this.pods = pods;
    this.failedMoves = recorded.failedMoves();
  }

  Decided decide() {
    Optional<NodeRemoval> removal =
        observed.reachable().map(this::decide).orElse(recorded.removal());
    return new Decided(removal, failedMoves, List.copyOf(problems));
  }

  private Optional<NodeRemoval> decide(Reachable broker) {
    if (recorded.removal().isEmpty()) {
      return choose(broker);
    }
    LeavingNode leaving = LeavingNode.of(recorded.removal().get(), names, observed);
    if (recorded.removing().isPresent() && broker.runs(leaving.brokerNode())) {
      return goOrStay(leaving, broker);
    }
    return leaving.removal().isMoveOfServingNode()
        ? findLoss()
            .candidate()
            .filter(lost -> lost.node() == leaving.removal().node())
            .map(this::begin)
            .or(() -> goOn(leaving, broker))
        : goOn(leaving, broker);
  }

  /**
   * The removal of a running node waits for lost nodes, and while no other node has one of its
   * queues.
   */
  private Optional<NodeRemoval> goOrStay(LeavingNode leaving, Reachable broker) {
    RemovalFinding finding = findLoss();
    Optional<Candidate> other =
        finding
            .candidate()
            .filter(lost -> lost.node() != leaving.removal().node())
            .filter(lost -> !broker.runs(names.brokerNode(lost.node())));
    if (other.isPresent()) {
      return other.map(this::begin);
    }
    boolean holdsImmovableQueue =
        !leaving.isGivenUp() && OnlyCopies.immovable(leaving.brokerNode(), broker).isPresent();
    return isMoveGivenUp(leaving.removal(), broker) || leaving.isWithdrawn() || holdsImmovableQueue
        ? Optional.empty()
        : goOn(leaving, broker);
  }

  /** Records the failure, so that the move is not tried for ever. */
  private boolean isMoveGivenUp(NodeRemoval move, Reachable broker) {
    if (!move.isMoveOfServingNode()) {
      return false;
    }
    MoveCheck check = new MoveCheck(names, observed, pods, move);
    Optional<String> failure = check.failure(broker);
    failure.ifPresent(
        why -> {
          failedMoves = failedMoves.andOne(check.couldHaveTakenIt(), observed.timestamp());
          problems.add(
              new Problem(
                  Reason.MACHINE_SHARED,
                  "the move of %s was given up: %s (%s)"
                      .formatted(names.node(move.node()), why, move.because())));
        });
    return failure.isPresent() || spec.nodes().spreadAfter().equals(Durations.NEVER);
  }

  private Optional<NodeRemoval> goOn(LeavingNode leaving, Reachable broker) {
    Progress progress = new RemovalProgress(spec, observed, broker).of(leaving);
    progress.waits().ifPresent(waits -> problems.add(leaving(leaving.removal(), waits)));
    Optional<NodeRemoval> next = progress.isCleared() ? choose(broker) : Optional.empty();
    return next.or(
        () -> Optional.of(leaving.removal().enter(progress.phase(), observed.timestamp())));
  }

  /** The node to remove now, if there is one. */
  private Optional<NodeRemoval> choose(Reachable broker) {
    RemovalFinding finding = findLoss();
    return finding.isNone() ? findSurplus(broker) : finding.candidate().map(this::begin);
  }

  private RemovalFinding findLoss() {
    RemovalFinding finding = new LossDetector(names, spec.nodes(), observed).find();
    finding.problem().ifPresent(problems::add);
    return finding;
  }

  private Optional<NodeRemoval> findSurplus(Reachable broker) {
    RemovalFinding finding = new SurplusDetector(names, spec, observed, recorded).find(broker);
    finding.problem().ifPresent(problems::add);
    return finding.isNone() ? findShared(broker) : finding.candidate().map(this::begin);
  }

  private Optional<NodeRemoval> findShared(Reachable broker) {
    SpreadDetector detector = new SpreadDetector(names, spec, observed, recorded, pods);
    if (detector.isEven()) {
      failedMoves = FailedMoves.NONE;
    }
    RemovalFinding finding = detector.find(broker);
    finding.problem().ifPresent(problems::add);
    return finding.candidate().map(this::begin);
  }

  private NodeRemoval begin(Candidate leaver) {
    NodeRemoval removal =
        NodeRemoval.decided(leaver.node(), leaver.kind(), leaver.because(), observed.timestamp());
    return LeavingNode.of(leaver.freeMachine().map(removal::to).orElse(removal), names, observed)
        .removal();
  }

  private Problem leaving(NodeRemoval removal, String what) {
    return new Problem(
        removal.kind() == Kind.MOVED ? Reason.NODE_MOVING : Reason.NODE_LEAVING,
        "%s %s (%s)".formatted(names.node(removal.node()), what, removal.because()));
  }
}
