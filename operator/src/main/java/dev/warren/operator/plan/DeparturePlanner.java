package dev.warren.operator.plan;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.StorageSpec.VolumeDeletion;
import dev.warren.operator.model.Departure;
import dev.warren.operator.model.Departure.Kind;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.plan.BrokerAction.ForgetNode;
import dev.warren.operator.plan.BrokerAction.StopNode;
import dev.warren.operator.plan.BrokerObservation.Node;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import dev.warren.operator.plan.KubernetesAction.Delete;
import dev.warren.operator.plan.KubernetesAction.Mark;
import dev.warren.operator.plan.LossDetector.Finding;
import dev.warren.operator.plan.LossDetector.Loss;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans how a node goes for good, one node at a time and one step in each pass.
 *
 * <p>A node that runs goes when every queue has its members elsewhere: clients are led to others,
 * its members removed, it is stopped, forgotten. A lost one is taken out of all Services and
 * forgotten, in that order: while its name can be resolved, every attempt to reach it costs the
 * others seconds. The Pod is never deleted by force, so that a node on a silent machine ends when
 * its machine is back.
 */
final class DeparturePlanner {

  /**
   * @param membership the record as it shall be
   * @param kubernetes steps in Kubernetes
   * @param broker steps in the broker, after those
   * @param problems why a node stays that should go
   */
  record DeparturePlan(
      Membership membership,
      List<KubernetesAction> kubernetes,
      List<BrokerAction> broker,
      List<Problem> problems) {}

  /**
   * A name server may answer from memory for so long; then the node is forgotten all the same,
   * though that takes 22 s instead of 1 s.
   */
  private static final Duration NAME_PATIENCE = Duration.ofSeconds(60);

  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Observation observed;
  private final List<KubernetesAction> kubernetes = new ArrayList<>();
  private final List<BrokerAction> broker = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private Membership membership;

  DeparturePlanner(
      ResourceNames names, MessageTopologySpec spec, Observation observed, Membership recorded) {
    this.names = names;
    this.spec = spec;
    this.observed = observed;
    this.membership = recorded;
  }

  DeparturePlan plan() {
    observed.reachable().ifPresent(this::plan);
    return new DeparturePlan(
        membership, List.copyOf(kubernetes), List.copyOf(broker), List.copyOf(problems));
  }

  private void plan(Reachable answer) {
    Optional<Departure> departing = membership.departure().filter(last -> isLeft(last, answer));
    if (departing.isPresent()) {
      goOn(departing.get(), answer);
      return;
    }
    boolean cleared = membership.departure().map(this::clearAway).orElse(true);
    membership.departure().ifPresent(last -> complete(last, answer));
    if (cleared) {
      decide(answer);
    }
  }

  /** Still to go; or it had not joined when it was to go, and has since. */
  private boolean isLeft(Departure last, Reachable answer) {
    return last.isUnderway()
        || (observed.hasMajority() && answer.nodes().containsKey(names.brokerNode(last.node())));
  }

  private void decide(Reachable answer) {
    Finding finding = new LossDetector(names, spec.nodes(), observed).find();
    finding.problem().ifPresent(problems::add);
    if (finding.loss().isPresent()) {
      Loss loss = finding.loss().get();
      begin(loss.node(), loss.kind(), loss.because());
    } else if (finding.problem().isEmpty()) {
      dismissSurplus(answer);
    }
  }

  private void begin(int node, Kind kind, String because) {
    membership = membership.departure(new Departure(node, kind, because, now(), null, null, null));
  }

  private void goOn(Departure departure, Reachable answer) {
    Node node = answer.nodes().get(names.brokerNode(departure.node()));
    if (node == null) {
      membership = membership.departure(departure.forgottenAt(now()));
      problems.add(leaving(departure, "is forgotten by the other nodes"));
    } else if (!departure.isUnderway()) {
      membership = membership.departure(departure.forgottenAt(null));
    } else if (node.running()) {
      leaveOrStay(departure, answer);
    } else if (isStopped(departure) && !hasMembers(node.name(), answer)) {
      forgetStopped(departure, answer);
    } else if (isNeeded(departure, answer)) {
      problems.add(leaving(departure, "is not forgotten while a queue has no majority without it"));
    } else {
      forgetLost(departure, node);
    }
  }

  /** A node that runs can wait: for one that is lost, and as long as a queue is nowhere else. */
  private void leaveOrStay(Departure departure, Reachable answer) {
    Finding finding = new LossDetector(names, spec.nodes(), observed).find();
    finding.problem().ifPresent(problems::add);
    Optional<Loss> other =
        finding
            .loss()
            .filter(loss -> loss.node() != departure.node())
            .filter(loss -> !answer.runs(names.brokerNode(loss.node())));
    if (other.isPresent()) {
      begin(other.get().node(), other.get().kind(), other.get().because());
    } else if (isWithdrawn(departure)) {
      membership = membership.withoutDeparture();
    } else if (departure.kind() != Kind.GIVEN_UP
        && OnlyCopies.immovable(names.brokerNode(departure.node()), answer).isPresent()) {
      membership = membership.withoutDeparture();
    } else {
      leave(departure, answer);
    }
  }

  /** The user took the annotation back before the node was stopped. */
  private boolean isWithdrawn(Departure departure) {
    return departure.kind() == Kind.GIVEN_UP
        && node(departure)
            .filter(node -> node.hasStarted() && !node.isTerminating() && !node.isGivenUp())
            .isPresent();
  }

  private boolean isNeeded(Departure departure, Reachable answer) {
    return departure.kind() != Kind.GIVEN_UP
        && node(departure)
            .filter(node -> node.hasVolume() && !node.isBlank() && !node.isGivenUp())
            .isPresent()
        && OnlyCopies.needing(names.brokerNode(departure.node()), answer).isPresent();
  }

  /** A node that runs: its queues first. */
  private void leave(Departure departure, Reachable answer) {
    String leaving = names.brokerNode(departure.node());
    int others = answer.nodes().size() - 1;
    boolean allRun = answer.allRun();
    if (node(departure).filter(node -> !node.isLeaving()).isPresent()) {
      mark(departure, Labels.LEAVING, "true");
    }
    if (others < spec.nodes().replicas()) {
      problems.add(leaving(departure, "leaves when the node in its place has joined"));
    } else if (!allRun || !QueueHealth.isComplete(spec.queues(), answer, leaving, others)) {
      problems.add(
          leaving(departure, "leaves when every queue has its members on the other nodes"));
    } else if (node(departure).map(QueueNode::isInService).orElse(false)) {
      mark(departure, Labels.IN_SERVICE, "false");
    } else if (hasMembers(leaving, answer)) {
      // QueueMembersPlanner removes them.
      problems.add(leaving(departure, "gives up its members of queues"));
    } else {
      // Forgotten when it has been looked at once more: a client may just have declared a queue.
      broker.add(new StopNode(leaving));
    }
  }

  private void forgetStopped(Departure departure, Reachable answer) {
    String node = names.brokerNode(departure.node());
    if (departure.kind() != Kind.GIVEN_UP && OnlyCopies.on(node, answer).isPresent()) {
      // When it runs again it stays, as one that has been so all the time.
      deletePod(departure);
    } else {
      // Its Erlang node still answers, so that even the second of two can be forgotten.
      broker.add(new ForgetNode(node));
    }
  }

  /** Replicated queues only: a classic one is nowhere else. */
  private static boolean hasMembers(String node, Reachable answer) {
    return answer.queues().values().stream()
        .filter(queue -> isReplicated(queue, answer))
        .anyMatch(queue -> queue.members().contains(node));
  }

  private static boolean isReplicated(QueueState queue, Reachable answer) {
    return answer.definitions().queues().containsKey(queue.name())
        && !answer.definitions().queues().get(queue.name()).type().equals("classic");
  }

  private boolean isStopped(Departure departure) {
    return departure.kind() != Kind.LOST
        && node(departure)
            .filter(node -> node.hasStarted() && !node.isTerminating() && !node.isInService())
            .isPresent();
  }

  private void forgetLost(Departure departure, Node node) {
    if (!observed.hasMajority()) {
      problems.add(leaving(departure, "is forgotten when a majority of the nodes runs"));
      return;
    }
    // What a blank node found is known from its Pod alone.
    if (node(departure).filter(QueueNode::isBlank).isEmpty()) {
      deletePod(departure);
    }
    takeNameAway(departure);
    boolean isFresh =
        Instant.parse(departure.decidedAt()).plus(NAME_PATIENCE).isAfter(observed.at());
    if (hasName(departure) || (isFresh && observed.resolvable().contains(departure.node()))) {
      problems.add(leaving(departure, "is forgotten when its name can no longer be resolved"));
    } else {
      broker.add(new ForgetNode(node.name()));
    }
  }

  private boolean hasName(Departure departure) {
    return node(departure).map(QueueNode::hasName).orElse(false);
  }

  private void takeNameAway(Departure departure) {
    if (hasName(departure)) {
      mark(departure, Labels.COMPONENT, Component.LOST_NODE.value());
    }
  }

  private void mark(Departure departure, String label, String value) {
    node(departure)
        .flatMap(QueueNode::pod)
        .ifPresent(
            pod ->
                kubernetes.add(new Mark(pod, Map.of(label, value), Map.of(), departure.because())));
  }

  private void deletePod(Departure departure) {
    node(departure)
        .filter(node -> !node.isTerminating())
        .flatMap(QueueNode::pod)
        .ifPresent(pod -> kubernetes.add(new Delete(pod, departure.because())));
  }

  /** Removes what a forgotten node has left; true when nothing is left to do. */
  private boolean clearAway(Departure departure) {
    int before = kubernetes.size();
    deletePod(departure);
    takeNameAway(departure);
    node(departure)
        .filter(QueueNode::hasVolume)
        .flatMap(QueueNode::volume)
        .ifPresent(
            volume ->
                kubernetes.add(
                    spec.nodes().storage().onDelete() == VolumeDeletion.Retain
                        ? new Mark(
                            volume,
                            Map.of(Labels.RETIRED, "true"),
                            Map.of(),
                            "its node is gone for good, and volumes are kept")
                        : new Delete(volume, "its node is gone for good")));
    boolean cleared = kubernetes.size() == before;
    if (!cleared) {
      problems.add(leaving(departure, "leaves things that are being cleared away"));
    }
    return cleared;
  }

  private void complete(Departure departure, Reachable answer) {
    boolean whole =
        answer.nodes().size() == spec.nodes().replicas()
            && answer.allRun()
            && QueueHealth.isComplete(spec.queues(), answer, "", answer.nodes().size());
    if (whole && !departure.isComplete()) {
      membership = membership.departure(departure.completedAt(now()));
    }
  }

  /** One node too many: the newest that holds no queue alone. One that does not run goes first. */
  private void dismissSurplus(Reachable answer) {
    List<QueueNode> members =
        observed.nodes().values().stream()
            .filter(node -> node.hasVolume() && !membership.isGone(node.number()))
            .toList();
    int surplus = members.size() - spec.nodes().replicas();
    if (surplus <= 0 || !membership.formed()) {
      return;
    }
    Optional<Problem> obstacle = obstacleToLeaving(answer, members);
    if (obstacle.isPresent()) {
      problems.add(obstacle.get());
      return;
    }
    members.stream()
        .filter(node -> heldAlone(node, answer).isEmpty())
        .max(
            Comparator.comparing((QueueNode node) -> !answer.runs(brokerNode(node)))
                .thenComparing(QueueNode::number))
        .ifPresentOrElse(
            node ->
                begin(
                    node.number(),
                    Kind.SURPLUS,
                    "%d nodes are wanted and there are %d"
                        .formatted(spec.nodes().replicas(), members.size())),
            () -> problems.add(everyNodeHoldsAQueueAlone(members, answer)));
  }

  private Optional<Problem> obstacleToLeaving(Reachable answer, List<QueueNode> members) {
    long down = members.stream().filter(node -> !answer.runs(brokerNode(node))).count();
    if (!observed.hasMajority() || down > 1) {
      return Optional.of(
          new Problem(
              Reason.SCALE_DOWN_HELD,
              "No node is removed while %d nodes do not run".formatted(down)));
    }
    if (down == 0 && !QueueHealth.isComplete(spec.queues(), answer, "", answer.nodes().size())) {
      return Optional.of(
          new Problem(
              Reason.SCALE_DOWN_HELD,
              "The next node is removed when every queue has all its members"));
    }
    return Optional.empty();
  }

  private Problem everyNodeHoldsAQueueAlone(List<QueueNode> members, Reachable answer) {
    QueueNode newest = members.getLast();
    return new Problem(
        Reason.SCALE_DOWN_HELD,
        "No node can be removed: each holds the only copy of a queue, %s that of '%s'"
            .formatted(names.node(newest.number()), heldAlone(newest, answer).orElseThrow()));
  }

  /** A queue that is nowhere else; a node that runs can hand over all but classic ones. */
  private Optional<String> heldAlone(QueueNode node, Reachable answer) {
    return answer.runs(brokerNode(node))
        ? OnlyCopies.immovable(brokerNode(node), answer)
        : OnlyCopies.on(brokerNode(node), answer);
  }

  private String brokerNode(QueueNode node) {
    return names.brokerNode(node.number());
  }

  private Optional<QueueNode> node(Departure departure) {
    return Optional.ofNullable(observed.nodes().get(departure.node()));
  }

  private Problem leaving(Departure departure, String what) {
    return new Problem(
        Reason.NODE_LEAVING,
        "%s %s (%s)".formatted(names.node(departure.node()), what, departure.because()));
  }

  private String now() {
    return observed.at().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
