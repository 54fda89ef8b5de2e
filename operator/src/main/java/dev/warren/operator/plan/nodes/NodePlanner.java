package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.QueueNodeVolume;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.Observation;
import java.util.List;
import java.util.stream.Stream;

/**
 * Plans the queue nodes: the volume and the Pod of each. A node's number is its identity in the
 * cluster and is never reused. A node whose volume is gone does not come back.
 */
public final class NodePlanner {

  /**
   * @param actions in their order; when one fails, the rest must be skipped
   * @param problems what cannot be done now, and why
   */
  public record NodePlan(List<KubernetesAction> actions, List<Problem> problems) {}

  private final Owner owner;
  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Images images;
  private final Observation observed;

  public NodePlanner(
      Owner owner,
      ResourceNames names,
      MessageTopologySpec spec,
      Images images,
      Observation observed) {
    this.owner = owner;
    this.names = names;
    this.spec = spec;
    this.images = images;
    this.observed = observed;
  }

  public NodePlan plan(MembershipPlan membership) {
    List<Integer> added = membership.added();
    Members members = new Members(names, observed, membership.desired(), added);
    QueueNodePod pods = new QueueNodePod(owner, names, spec, images);
    VolumePlanner volumes =
        new VolumePlanner(
            new QueueNodeVolume(owner, names, spec),
            QueueNodeVolume.sizeOfNew(spec.nodes().storage(), observed.volumes()),
            observed.objects(),
            members);
    return joined(
        volumes.keepAndAdd(added),
        new NodePlan(podPlanner(pods, members).plan(), List.of()),
        volumes.grow(),
        new RollingUpdate(names, pods, observed, members).plan());
  }

  private PodPlanner podPlanner(QueueNodePod pods, Members members) {
    return new PodPlanner(
        names,
        pods,
        GatewayConfig.configMap(owner, names, spec),
        GatewayConfig.revision(spec),
        observed,
        members);
  }

  private static NodePlan joined(NodePlan... plans) {
    return new NodePlan(
        Stream.of(plans).flatMap(plan -> plan.actions().stream()).toList(),
        Stream.of(plans).flatMap(plan -> plan.problems().stream()).toList());
  }
}
