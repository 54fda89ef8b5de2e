package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.NodeRemoval.Phase;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.topology.QueueHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides the phase of a removal from the recorded phase and the observation. While the others know
 * the node, the observation decides: the node may come back, and the others may fail.
 */
final class RemovalProgress {

  /**
   * A phase, and what it waits for.
   *
   * @param waits what the node waits for, as the end of a sentence; empty when something is done
   */
  record Progress(Phase phase, Optional<String> waits) {

    private static Progress acting(Phase phase) {
      return new Progress(phase, Optional.empty());
    }

    private static Progress waiting(Phase phase, String waits) {
      return new Progress(phase, Optional.of(waits));
    }

    /** Whether nothing is left of the node, so that the next one may be removed. */
    boolean isCleared() {
      return phase == Phase.RESTORING || (phase == Phase.DONE && waits.isEmpty());
    }
  }

  /**
   * How long a name server may answer from its cache. After that the node is forgotten anyway,
   * which takes 22 s instead of 1 s.
   */
  private static final Duration NAME_PATIENCE = Duration.ofSeconds(60);

  private final MessageTopologySpec spec;
  private final Observation observed;
  private final Reachable broker;

  RemovalProgress(MessageTopologySpec spec, Observation observed, Reachable broker) {
    this.spec = spec;
    this.observed = observed;
    this.broker = broker;
  }

  Progress of(LeavingNode leaving) {
    boolean isKnown = broker.nodes().containsKey(leaving.brokerNode());
    if (leaving.removal().isUnderway()) {
      return isKnown
          ? ofKnown(leaving)
          : Progress.waiting(Phase.FORGOTTEN, "is forgotten by the other nodes");
    }
    // It had not joined when the removal was decided, and has joined since.
    return isKnown && observed.hasMajority()
        ? Progress.acting(Phase.DECIDED)
        : ofForgotten(leaving);
  }

  private Progress ofKnown(LeavingNode leaving) {
    return broker.runs(leaving.brokerNode()) ? ofRunning(leaving) : ofStopped(leaving);
  }

  /** The phase of a running node, whose queues are moved first. */
  private Progress ofRunning(LeavingNode leaving) {
    int others = broker.nodes().size() - 1;
    if (others < spec.nodes().replicas()) {
      return Progress.waiting(
          Phase.AWAITING_REPLACEMENT, "is removed when its replacement has joined");
    }
    if (!broker.allRun()
        || !QueueHealth.isComplete(spec.queues(), broker, leaving.brokerNode(), others)) {
      return Progress.waiting(
          Phase.AWAITING_MEMBERS, "is removed when every queue has its members on the other nodes");
    }
    if (leaving.isInService()) {
      return Progress.acting(Phase.DRAINING);
    }
    // QueueMembersPlanner removes them.
    return leaving.hasMembers(broker)
        ? Progress.waiting(Phase.DRAINING, "gives up its members of queues")
        : Progress.acting(Phase.STOPPING);
  }

  private Progress ofStopped(LeavingNode leaving) {
    if (leaving.removal().isMoveOfServingNode()) {
      return Progress.waiting(Phase.AWAITING_MEMBERS, "moves when it runs again");
    }
    if (leaving.isStoppedAndEmpty(broker)) {
      // Check once more before it is forgotten: a client may just have declared a queue.
      boolean isOnlyCopy = OnlyCopies.on(leaving.brokerNode(), broker).isPresent();
      return Progress.acting(
          isOnlyCopy && !leaving.isGivenUp() ? Phase.RESTARTING : Phase.FORGETTING);
    }
    if (leaving.isNeeded(broker)) {
      return Progress.waiting(
          Phase.HELD, "is not forgotten while a queue has no majority without it");
    }
    if (!observed.hasMajority()) {
      return Progress.waiting(Phase.HELD, "is forgotten when a majority of the nodes runs");
    }
    return leaving.hasName() || isResolvable(leaving)
        ? Progress.waiting(Phase.ISOLATING, "is forgotten when its name can no longer be resolved")
        : Progress.acting(Phase.FORGETTING);
  }

  private boolean isResolvable(LeavingNode leaving) {
    Instant decided = Instant.parse(leaving.removal().decidedAt());
    return observed.resolvable().contains(leaving.removal().node())
        && decided.plus(NAME_PATIENCE).isAfter(observed.at());
  }

  private Progress ofForgotten(LeavingNode leaving) {
    boolean isCleared = leaving.withoutLeftovers(spec.nodes().storage().onDelete()).isEmpty();
    if (leaving.removal().isDone() && isCleared) {
      return Progress.acting(Phase.DONE);
    }
    if (!isCleared) {
      return Progress.waiting(
          leaving.removal().isDone() ? Phase.DONE : Phase.CLEARING,
          "is removed; its Pod and its volume are being deleted");
    }
    return Progress.acting(isWhole() ? Phase.DONE : Phase.RESTORING);
  }

  private boolean isWhole() {
    int nodes = broker.nodes().size();
    return nodes == spec.nodes().replicas()
        && broker.allRun()
        && QueueHealth.isComplete(spec.queues(), broker, "", nodes);
  }
}
