package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import java.util.List;
import java.util.stream.Stream;

/**
 * Plans the changes of a removal's phase, one step in each pass.
 *
 * <p>A running node is removed when every queue has its members elsewhere: clients are sent to
 * other nodes, its members of queues are removed, it is stopped, and it is forgotten. A lost node
 * is taken out of all Services and then forgotten, in that order: while its name can be resolved,
 * every attempt to reach it costs the others seconds. The Pod is never deleted by force, so that a
 * node on a silent machine ends when its machine is back.
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

  /** No steps while the broker does not answer, because the phase may have changed. */
  public RemovalPlan plan(NodeRemoval removal) {
    return observed
        .reachable()
        .map(broker -> plan(LeavingNode.of(removal, names, observed), broker))
        .orElse(RemovalPlan.NOTHING);
  }

  private RemovalPlan plan(LeavingNode leaving, Reachable broker) {
    return switch (leaving.removal().phase()) {
      // The phase must be recorded first; and whether the others know a node is checked twice.
      case DECIDED, FORGOTTEN, HELD -> RemovalPlan.NOTHING;
      case AWAITING_REPLACEMENT, AWAITING_MEMBERS ->
          RemovalPlan.kubernetes(leaving.markedAsLeaving());
      case DRAINING ->
          RemovalPlan.kubernetes(Stream.concat(leaving.markedAsLeaving(), leaving.outOfService()));
      case STOPPING ->
          RemovalPlan.kubernetes(leaving.markedAsLeaving())
              .then(new StopNode(leaving.brokerNode()));
      // When it runs again it stays, like a node that was never stopped.
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

  /** Only its Pod shows whether a blank node found its volume empty. */
  private static Stream<KubernetesAction> withoutLostPod(LeavingNode leaving) {
    return leaving.isBlank() ? Stream.empty() : leaving.withoutPod();
  }
}
