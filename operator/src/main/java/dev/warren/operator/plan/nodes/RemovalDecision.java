package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.nodes.RemovalFinding.Candidate;
import dev.warren.operator.plan.nodes.RemovalProgress.Progress;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides which node is removed, one at a time, and in which phase its removal is. */
final class RemovalDecision {

  /**
   * @param removal as it must be recorded
   * @param problems why a node is not removed that should be
   */
  record Decided(Optional<NodeRemoval> removal, List<Problem> problems) {}

  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Observation observed;
  private final Membership recorded;
  private final List<Problem> problems = new ArrayList<>();

  RemovalDecision(
      ResourceNames names, MessageTopologySpec spec, Observation observed, Membership recorded) {
    this.names = names;
    this.spec = spec;
    this.observed = observed;
    this.recorded = recorded;
  }

  Decided decide() {
    Optional<NodeRemoval> removal =
        observed.reachable().map(this::decide).orElse(recorded.removal());
    return new Decided(removal, List.copyOf(problems));
  }

  private Optional<NodeRemoval> decide(Reachable broker) {
    if (recorded.removal().isEmpty()) {
      return choose(broker);
    }
    LeavingNode leaving = LeavingNode.of(recorded.removal().get(), names, observed);
    return recorded.removing().isPresent() && broker.runs(leaving.brokerNode())
        ? goOrStay(leaving, broker)
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
    return leaving.isWithdrawn() || holdsImmovableQueue ? Optional.empty() : goOn(leaving, broker);
  }

  private Optional<NodeRemoval> goOn(LeavingNode leaving, Reachable broker) {
    Progress progress = new RemovalProgress(spec, observed, broker).of(leaving);
    progress.waits().ifPresent(waits -> problems.add(leaving(leaving.removal(), waits)));
    Optional<NodeRemoval> next = progress.isCleared() ? choose(broker) : Optional.empty();
    return next.or(() -> Optional.of(leaving.removal().enter(progress.phase(), now())));
  }

  /** The node to remove now, if there is one. */
  private Optional<NodeRemoval> choose(Reachable broker) {
    RemovalFinding finding = findLoss();
    return finding.candidate().isEmpty() && finding.problem().isEmpty()
        ? findSurplus(broker)
        : finding.candidate().map(this::begin);
  }

  private RemovalFinding findLoss() {
    RemovalFinding finding = new LossDetector(names, spec.nodes(), observed).find();
    finding.problem().ifPresent(problems::add);
    return finding;
  }

  private Optional<NodeRemoval> findSurplus(Reachable broker) {
    RemovalFinding finding = new SurplusDetector(names, spec, observed, recorded).find(broker);
    finding.problem().ifPresent(problems::add);
    return finding.candidate().map(this::begin);
  }

  private NodeRemoval begin(Candidate leaver) {
    NodeRemoval removal =
        NodeRemoval.decided(leaver.node(), leaver.kind(), leaver.because(), now());
    return LeavingNode.of(removal, names, observed).removal();
  }

  private Problem leaving(NodeRemoval removal, String what) {
    return new Problem(
        Reason.NODE_LEAVING,
        "%s %s (%s)".formatted(names.node(removal.node()), what, removal.because()));
  }

  private String now() {
    return observed.at().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
