package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.QueueNodePod.Placement;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.Revision;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.nodes.NodePlanner.NodePlan;
import dev.warren.operator.plan.objects.Difference;
import dev.warren.operator.plan.objects.Drift;
import dev.warren.operator.plan.topology.QueueHealth;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Plans the rolling update of the queue nodes: Pods that were created from an earlier spec are
 * deleted and then recreated: those that do not run at once, the others one at a time.
 */
final class RollingUpdate {

  private final ResourceNames names;
  private final Observation observed;
  private final Members members;
  private final SortedSet<Integer> numbers;
  private final QueueNodePod pods;

  /**
   * @param pods the Pods as they are created from now
   */
  RollingUpdate(ResourceNames names, QueueNodePod pods, Observation observed, Members members) {
    this.names = names;
    this.pods = pods;
    this.observed = observed;
    this.members = members;
    this.numbers = members.numbers();
  }

  NodePlan plan() {
    String revision = pods.revision();
    List<QueueNode> outdated =
        members.present().stream()
            .filter(node -> !node.isTerminating() && !node.hasEnded())
            .filter(node -> node.pod().filter(pod -> !revision.equals(revision(pod))).isPresent())
            .toList();
    return new NodePlan(
        restarted(outdated).map(this::recreation).toList(), problem(outdated).stream().toList());
  }

  private static String revision(Pod pod) {
    return pod.getMetadata().getAnnotations().get(Revision.ANNOTATION);
  }

  private KubernetesAction recreation(QueueNode node) {
    Pod pod = node.pod().orElseThrow();
    Pod recreated = recreated(node.number(), pod);
    List<Difference> differences =
        Drift.between(recreated, pod).stream()
            .filter(difference -> isOfTheSpec(difference.path()))
            .toList();
    return new Delete(
        pod,
        Stream.of(
                "it was created from an earlier spec",
                config(pod).equals(config(recreated)) ? "" : "its configuration has changed",
                Difference.describe(differences))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining("; ")));
  }

  private static String config(Pod pod) {
    return pod.getMetadata().getAnnotations().getOrDefault(QueueNodePod.CONFIG_ANNOTATION, "");
  }

  /** What the same node would be now. */
  private Pod recreated(int n, Pod pod) {
    String seed = pod.getMetadata().getAnnotations().getOrDefault(QueueNodePod.SEED_ANNOTATION, "");
    return pods.pod(n, seed, Placement.WITH_ITS_VOLUME, members.hasJoined(n));
  }

  /** Not fingerprints, nor where the Pod had to run when it was created. */
  private static boolean isOfTheSpec(String path) {
    return !path.startsWith("metadata.annotations[warren.dev/")
        && !path.startsWith("spec.topologySpreadConstraints");
  }

  private Optional<Problem> problem(List<QueueNode> outdated) {
    return outdated.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Reason.ROLLING_UPDATE,
                "%d of %d nodes still run an earlier spec"
                    .formatted(outdated.size(), numbers.size())));
  }

  /** No node that runs is restarted while another is being removed. */
  private Stream<QueueNode> restarted(List<QueueNode> outdated) {
    List<QueueNode> idle = outdated.stream().filter(node -> !node.hasStarted()).toList();
    if (!idle.isEmpty() || members.membership().removing().isPresent()) {
      return idle.stream();
    }
    return outdated.stream()
        .filter(node -> canBeSpared(node, outdated))
        // A restart of a node that serves no clients costs nothing.
        .min(Comparator.comparing(QueueNode::hasReadyPod).thenComparing(leastImportantFirst()))
        .stream();
  }

  /** Keeps leaders from moving to nodes that are restarted later. */
  private Comparator<QueueNode> leastImportantFirst() {
    return Comparator.comparingLong(this::queuesLed)
        .thenComparingLong(this::queuesHeld)
        .thenComparing(QueueNode::number, Comparator.reverseOrder());
  }

  private long queuesLed(QueueNode node) {
    String itself = names.brokerNode(node.number());
    return queues().filter(queue -> queue.leader().filter(itself::equals).isPresent()).count();
  }

  private long queuesHeld(QueueNode node) {
    String itself = names.brokerNode(node.number());
    return queues().filter(queue -> queue.members().contains(itself)).count();
  }

  private Stream<QueueState> queues() {
    return observed.reachable().stream().flatMap(answer -> answer.queues().values().stream());
  }

  /**
   * Whether a node can be restarted: all other nodes are ready, or no node serves clients anyway,
   * as after a mistake in the first spec. So a node that does not serve clients comes first. A
   * recreated node must be ready, including its gateway, before the next one is recreated. A node
   * that still runs an earlier spec need not be ready, because the new spec may correct it.
   */
  private boolean canBeSpared(QueueNode node, List<QueueNode> outdated) {
    String itself = names.brokerNode(node.number());
    boolean othersReady =
        numbers.stream()
            .filter(n -> n != node.number())
            .allMatch(n -> members.node(n).filter(other -> isReady(other, outdated)).isPresent());
    return numbers.stream().noneMatch(members::runs)
        || (othersReady
            && observed.reachable().filter(broker -> isWhole(broker, itself)).isPresent());
  }

  private static boolean isReady(QueueNode node, List<QueueNode> outdated) {
    return outdated.contains(node) ? node.isReady() : node.hasReadyPod();
  }

  private static boolean isWhole(Reachable broker, String without) {
    return broker.nodes().values().stream()
            .filter(node -> !node.name().equals(without))
            .allMatch(Node::running)
        && broker.queues().values().stream().allMatch(queue -> QueueHealth.isWhole(queue, without));
  }
}
