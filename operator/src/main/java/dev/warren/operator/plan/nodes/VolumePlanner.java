package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Grow;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.QueueNodeVolume;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.nodes.NodePlanner.NodePlan;
import dev.warren.operator.plan.objects.ObjectPlanner;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans the volumes of the queue nodes. */
final class VolumePlanner {

  private final QueueNodeVolume volumes;
  private final Quantity sizeOfNew;
  private final ObjectPlanner objects;
  private final Members members;

  VolumePlanner(
      QueueNodeVolume volumes, Quantity sizeOfNew, ObservedObjects observed, Members members) {
    this.volumes = volumes;
    this.sizeOfNew = sizeOfNew;
    this.objects = new ObjectPlanner(observed);
    this.members = members;
  }

  /** Changes to existing volumes, then the volumes of new nodes. */
  NodePlan keepAndAdd(List<Integer> added) {
    List<KubernetesAction> actions = new ArrayList<>();
    for (QueueNode node : members.present()) {
      PersistentVolumeClaim claim = node.volume().orElseThrow();
      int n = node.number();
      objects.plan(volumes.claim(n, claim, members.hasJoined(n))).ifPresent(actions::add);
    }
    added.forEach(n -> objects.plan(volumes.claim(n, sizeOfNew)).ifPresent(actions::add));
    return new NodePlan(actions, List.of());
  }

  /** Possible only if the storage class allows it. */
  NodePlan grow() {
    List<KubernetesAction> actions = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (QueueNode node : members.present()) {
      PersistentVolumeClaim claim = node.volume().orElseThrow();
      Optional<PersistentVolumeClaim> grown =
          volumes.grown(node.number(), claim, members.hasJoined(node.number()));
      grown.ifPresentOrElse(
          larger ->
              actions.add(
                  new Grow(
                      larger,
                      "spec.resources.requests.storage: %s -> %s"
                          .formatted(
                              QueueNodeVolume.request(claim), QueueNodeVolume.request(larger)))),
          () -> growing(claim).ifPresent(problems::add));
    }
    return new NodePlan(actions, problems);
  }

  private static Optional<Problem> growing(PersistentVolumeClaim claim) {
    Quantity wanted = QueueNodeVolume.request(claim);
    return QueueNodeVolume.capacity(claim)
        .filter(capacity -> capacity.compareTo(wanted) < 0)
        .map(
            has ->
                new Problem(
                    Reason.VOLUME_GROWING,
                    "PersistentVolumeClaim %s has %s and grows to %s"
                        .formatted(claim.getMetadata().getName(), has, wanted)));
  }
}
