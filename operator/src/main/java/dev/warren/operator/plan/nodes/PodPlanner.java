package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.QueueNodePod.Placement;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Stream;

/** Plans the Pods of the queue nodes, and their labels and annotations. */
final class PodPlanner {

  /** A blank node that has waited this long for a node that does not come is recreated. */
  private static final Duration SEED_PATIENCE = Duration.ofSeconds(30);

  private static final Map<String, String> AS_ONE_THAT_STAYS =
      Map.of(
          Labels.COMPONENT,
          Component.QUEUE_NODE.value(),
          Labels.IN_SERVICE,
          "true",
          Labels.LEAVING,
          "false");

  private final ResourceNames names;
  private final QueueNodePod pods;
  private final ConfigMap gatewayConfig;
  private final String gatewayConfigRevision;
  private final Observation observed;
  private final Members members;
  private final Membership membership;
  private final SortedSet<Integer> numbers;

  /**
   * @param gatewayConfig the gateways' configuration
   * @param gatewayConfigRevision identifies that configuration
   */
  PodPlanner(
      ResourceNames names,
      QueueNodePod pods,
      ConfigMap gatewayConfig,
      String gatewayConfigRevision,
      Observation observed,
      Members members) {
    this.names = names;
    this.pods = pods;
    this.gatewayConfig = gatewayConfig;
    this.gatewayConfigRevision = gatewayConfigRevision;
    this.observed = observed;
    this.members = members;
    this.membership = members.membership();
    this.numbers = members.numbers();
  }

  List<KubernetesAction> plan() {
    return Stream.concat(numbers.stream(), leaving().filter(this::isNeeded).stream())
        .flatMap(n -> keep(n).stream())
        .toList();
  }

  private Optional<Integer> leaving() {
    return membership.removing().map(NodeRemoval::node);
  }

  private Optional<KubernetesAction> keep(int n) {
    Optional<QueueNode> node = members.node(n);
    Optional<Pod> pod = node.flatMap(QueueNode::pod);
    return pod.isPresent()
        ? change(node.get(), pod.get())
        : Optional.of(new Create(newPod(n), "node " + names.node(n) + " has no Pod"));
  }

  private Optional<KubernetesAction> change(QueueNode node, Pod pod) {
    if (node.hasEnded() && !node.isTerminating()) {
      return delete(pod, "it has ended and is recreated");
    }
    if (members.hasJoined(node.number()) && !node.knowsThatItHasJoined()) {
      return mark(pod, Map.of(), Map.of(Labels.JOINED, "true"), "it is a member now");
    }
    if (isStoppedToLeave(node)) {
      return delete(pod, "it was stopped for a removal that no longer takes place");
    }
    if (isMarkedAsLeaving(node) && !node.isTerminating()) {
      return mark(pod, AS_ONE_THAT_STAYS, Map.of(), "it is no longer being removed");
    }
    if (waitsInVain(node, pod)) {
      return delete(pod, "it is blank and waits for a node that no longer exists");
    }
    if (isToTellItsGateway(node)) {
      return mark(
          pod,
          Map.of(),
          Map.of(GatewayConfig.REVISION_ANNOTATION, gatewayConfigRevision),
          "the configuration of its gateway has changed");
    }
    return Optional.empty();
  }

  private static Optional<KubernetesAction> delete(Pod pod, String because) {
    return Optional.of(new Delete(pod, because));
  }

  private static Optional<KubernetesAction> mark(
      Pod pod, Map<String, String> labels, Map<String, String> annotations, String because) {
    return Optional.of(new Mark(pod, labels, annotations, because));
  }

  private static boolean isMarkedAsLeaving(QueueNode node) {
    return !node.isInService() || node.isLeaving();
  }

  /** It would not start again by itself, for example after the record of its removal was lost. */
  private boolean isStoppedToLeave(QueueNode node) {
    return isMarkedAsLeaving(node)
        && node.hasStarted()
        && !node.isTerminating()
        && observed
            .reachable()
            .flatMap(answer -> answer.member(names.brokerNode(node.number())))
            .filter(known -> !known.running())
            .isPresent();
  }

  private Pod newPod(int n) {
    Pod pod = pods.pod(n, seed(n), placement(n), members.hasJoined(n));
    boolean givenUp =
        membership.removing().stream()
            .anyMatch(leaving -> leaving.node() == n && leaving.kind() == Kind.GIVEN_UP);
    // Without the annotation, the user would seem to have withdrawn the removal.
    return givenUp
        ? pod.edit().editMetadata().addToAnnotations(Labels.REPLACE, "true").endMetadata().build()
        : pod;
  }

  /** Only after the ConfigMap has changed: before that, the kubelet would read the old one. */
  private boolean isToTellItsGateway(QueueNode node) {
    return node.hasGateway()
        && !node.isTerminating()
        && !node.hasToldItsGateway(gatewayConfigRevision)
        && observed
            .objects()
            .find(ConfigMap.class, gatewayConfig.getMetadata().getName())
            .filter(told -> gatewayConfig.getData().equals(told.getData()))
            .isPresent();
  }

  /** A leaving node is started again while the others need it. */
  private boolean isNeeded(int leaving) {
    String brokerNode = names.brokerNode(leaving);
    boolean isBlank = membership.removing().filter(NodeRemoval::blank).isPresent();
    boolean stillServes =
        membership.removing().filter(NodeRemoval::isMoveOfServingNode).isPresent();
    return members
            .node(leaving)
            .filter(node -> node.hasVolume() && (node.pod().isEmpty() || node.hasEnded()))
            .isPresent()
        && observed
            .reachable()
            .map(
                answer ->
                    answer.nodes().containsKey(brokerNode)
                        && (!observed.hasMajority()
                            || stillServes
                            || (!isBlank && OnlyCopies.needing(brokerNode, answer).isPresent())))
            // No node answers, perhaps because this was the only one.
            .orElse(true);
  }

  private Placement placement(int n) {
    return members
        .node(n)
        .flatMap(QueueNode::volume)
        .filter(volume -> volume.getSpec().getVolumeName() != null)
        .map(bound -> Placement.WITH_ITS_VOLUME)
        .orElse(Placement.SPREAD);
  }

  /** The node that node {@code n} joins if it is blank. */
  private String seed(int n) {
    if (!membership.formed()) {
      return names.brokerNode(numbers.first());
    }
    // A leaving node may be the only one that runs.
    return Stream.concat(numbers.stream(), leaving().stream())
        .filter(member -> member != n)
        .min(
            Comparator.comparing((Integer member) -> !members.runs(member))
                .thenComparing(membership::removes)
                .thenComparing(member -> member))
        .map(names::brokerNode)
        // The only node, and it was formed: if its data is gone, it must wait and not hide the
        // loss.
        .orElse(names.noBrokerNode());
  }

  private boolean waitsInVain(QueueNode node, Pod pod) {
    int n = node.number();
    String seed = pod.getMetadata().getAnnotations().get(QueueNodePod.SEED_ANNOTATION);
    if (node.isReady() || node.isTerminating() || Objects.equals(seed, seed(n))) {
      return false;
    }
    if (!membership.formed()) {
      return true;
    }
    return observed.hasMajority()
        && !members.brokerNodes().contains(names.brokerNode(n))
        && observed.reachable().filter(answer -> answer.runs(seed)).isEmpty()
        && observed.age(pod).compareTo(SEED_PATIENCE) > 0;
  }
}
