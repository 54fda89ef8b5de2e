package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.observation.Observation;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.List;
import java.util.stream.Stream;

/**
 * Plans what the phase of a removal asks for, one step in each pass.
 *
 * <p>A node that runs goes when every queue has its members elsewhere: clients are led to others,
 * its members removed, it is stopped, forgotten. A lost one is taken out of all Services and
 * forgotten, in that order: while its name can be resolved, every attempt to reach it costs the
 * others seconds. The Pod is never deleted by force, so that a node on a silent machine ends when
 * its machine is back.
 */
public final class NodeRemovalPlanner {

  /**
   * @param kubernetes steps in Kubernetes
   * @param broker steps in the broker, after those
   */
  public record RemovalPlan(List<KubernetesAction> kubernetes, List<BrokerAction> broker) {

    public static final RemovalPlan NOTHING = new RemovalPlan(List.of(), List.of());

    private static RemovalPlan kubernetes(Stream<KubernetesAction> actions) {
      return new RemovalPlan(actions.toList(), List.of());
    }

    private RemovalPlan then(BrokerAction action) {
      return new RemovalPlan(kubernetes, List.of(action));
    }
  }

  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Observation observed;

  public NodeRemovalPlanner(ResourceNames names, MessageTopologySpec spec, Observation observed) {
    this.names = names;
    this.spec = spec;
    this.observed = observed;
  }

  /** Nothing while the broker does not answer: the phase may be another by now. */
  public RemovalPlan plan(NodeRemoval removal) {
    return observed
        .reachable()
        .map(broker -> plan(LeavingNode.of(removal, names, observed), broker))
        .orElse(RemovalPlan.NOTHING);
  }

  private RemovalPlan plan(LeavingNode leaving, Reachable broker) {
    return switch (leaving.removal().phase()) {
      // First it must be on record; and whether the others know a node is looked at twice.
      case DECIDED, FORGOTTEN, HELD -> RemovalPlan.NOTHING;
      case AWAITING_REPLACEMENT, AWAITING_MEMBERS ->
          RemovalPlan.kubernetes(leaving.markedAsLeaving());
      case DRAINING ->
          RemovalPlan.kubernetes(Stream.concat(leaving.markedAsLeaving(), leaving.outOfService()));
      case STOPPING ->
          RemovalPlan.kubernetes(leaving.markedAsLeaving())
              .then(new StopNode(leaving.brokerNode()));
      // When it runs again it stays, as one that has been so all the time.
      case RESTARTING -> RemovalPlan.kubernetes(leaving.withoutPod());
      case ISOLATING ->
          RemovalPlan.kubernetes(Stream.concat(withoutLostPod(leaving), leaving.withoutName()));
      case FORGETTING -> forget(leaving, broker);
      case CLEARING, RESTORING, DONE ->
          RemovalPlan.kubernetes(
              leaving.withoutLeftovers(spec.nodes().storage().onDelete()).stream());
    };
  }

  private static RemovalPlan forget(LeavingNode leaving, Reachable broker) {
    Stream<KubernetesAction> pod =
        leaving.isStoppedAndEmpty(broker) ? Stream.empty() : withoutLostPod(leaving);
    return RemovalPlan.kubernetes(pod).then(new ForgetNode(leaving.brokerNode()));
  }

  /** What a blank node found is known from its Pod alone. */
  private static Stream<KubernetesAction> withoutLostPod(LeavingNode leaving) {
    return leaving.isBlank() ? Stream.empty() : leaving.withoutPod();
  }
}
