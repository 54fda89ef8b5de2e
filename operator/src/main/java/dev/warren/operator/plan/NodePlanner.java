package dev.warren.operator.plan;

import static java.util.stream.Collectors.toCollection;

import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.QueueNodePod.Placement;
import dev.warren.operator.model.QueueNodeVolume;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.Revision;
import dev.warren.operator.plan.BrokerObservation.Node;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import dev.warren.operator.plan.KubernetesAction.Create;
import dev.warren.operator.plan.KubernetesAction.Delete;
import dev.warren.operator.plan.KubernetesAction.Replace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Plans the queue nodes: which identities there are, and the volume and the Pod of each. A node's
 * number is its identity in the cluster and never used twice; a node whose volume is gone does not
 * come back.
 */
final class NodePlanner {

  /**
   * @param actions in their order; when one fails, those after it must not be done
   * @param problems what cannot be done now, and why
   */
  record NodePlan(List<KubernetesAction> actions, List<Problem> problems) {}

  /** A blank node that waits for one that does not come, for that long, is started anew. */
  private static final Duration SEED_PATIENCE = Duration.ofSeconds(30);

  private final Owner owner;
  private final ResourceNames names;
  private final NodesSpec spec;
  private final QueueNodePod pods;
  private final QueueNodeVolume volumes;
  private final Observation observed;
  private final Membership membership;

  private final List<KubernetesAction> actions = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /** The numbers of all nodes, those included that this plan makes. */
  private final TreeSet<Integer> members;

  NodePlanner(
      Owner owner,
      ResourceNames names,
      NodesSpec spec,
      String defaultImage,
      Observation observed,
      Membership membership) {
    this.owner = owner;
    this.names = names;
    this.spec = spec;
    this.pods = new QueueNodePod(owner, names, spec, defaultImage);
    this.volumes = new QueueNodeVolume(owner, names, spec.storage());
    this.observed = observed;
    this.membership = membership;
    this.members =
        observed.nodes().values().stream()
            .filter(QueueNode::hasVolume)
            .map(QueueNode::number)
            .collect(toCollection(TreeSet::new));
  }

  NodePlan plan() {
    int wanted = spec.replicas() - members.size();
    if (wanted < 0) {
      problems.add(
          new Problem(
              "ScaleDownHeld",
              "There are %d nodes and %d are wanted: removing nodes is not supported yet"
                  .formatted(members.size(), spec.replicas())));
    }
    boolean grow = wanted > 0 && mayGrow();
    recordMembership(grow ? membership.next() + wanted : membership.next());
    keepVolumes();
    if (grow) {
      IntStream.range(membership.next(), membership.next() + wanted).forEach(this::addVolume);
    }
    members.forEach(this::keepPod);
    roll();
    return new NodePlan(List.copyOf(actions), List.copyOf(problems));
  }

  private boolean mayGrow() {
    if (!membership.formed()) {
      return true;
    }
    List<String> lost = lostMembers();
    if (!lost.isEmpty()) {
      problems.add(
          new Problem(
              "NodeLost",
              "The volume of %s is gone; replacing it is not supported yet"
                  .formatted(String.join(", ", lost))));
      return false;
    }
    if (!observed.hasMajority()) {
      problems.add(
          new Problem("NoMajority", "Nodes are added when a majority of the present ones runs"));
      return false;
    }
    return true;
  }

  /** Members of the cluster of brokers that have no volume any more. */
  private List<String> lostMembers() {
    return observed.reachable().stream()
        .flatMap(answer -> answer.nodes().keySet().stream())
        .filter(node -> names.number(node).stream().noneMatch(members::contains))
        .sorted()
        .toList();
  }

  private void recordMembership(int next) {
    Membership wanted = new Membership(next, membership.formed());
    ConfigMap record = wanted.configMap(owner, names);
    Optional<ConfigMap> existing = observed.objects().find(ConfigMap.class, names.membership());
    if (existing.isEmpty()) {
      actions.add(new Create(record, "it does not exist"));
    } else if (!record.getData().equals(existing.get().getData())) {
      actions.add(
          new Replace(
              new ConfigMapBuilder(existing.get()).withData(record.getData()).build(),
              "nodes are about to be numbered below %d, formed: %s"
                  .formatted(wanted.next(), wanted.formed())));
    }
  }

  private void keepVolumes() {
    ObjectPlanner objects = new ObjectPlanner(observed.objects());
    observed.nodes().values().stream()
        .filter(QueueNode::hasVolume)
        .map(node -> volumes.claim(node.number(), node.volume().orElseThrow()))
        .forEach(claim -> objects.plan(claim).ifPresent(actions::add));
  }

  private void addVolume(int n) {
    new ObjectPlanner(observed.objects()).plan(volumes.claim(n)).ifPresent(actions::add);
    members.add(n);
  }

  private void keepPod(int n) {
    Optional<QueueNode> node = Optional.ofNullable(observed.nodes().get(n));
    Optional<Pod> pod = node.flatMap(QueueNode::pod);
    if (pod.isEmpty()) {
      actions.add(
          new Create(pods.pod(n, seed(n), placement(n)), "node " + names.node(n) + " has no Pod"));
    } else if (node.get().hasEnded() && !node.get().isTerminating()) {
      actions.add(new Delete(pod.get(), "it has ended and is to be made again"));
    } else if (waitsInVain(n, pod.get())) {
      actions.add(
          new Delete(
              pod.get(), "it is blank and waits for a node to join that is not there any more"));
    }
  }

  private Placement placement(int n) {
    return Optional.ofNullable(observed.nodes().get(n))
        .flatMap(QueueNode::volume)
        .filter(volume -> volume.getSpec().getVolumeName() != null)
        .map(bound -> Placement.WITH_ITS_VOLUME)
        .orElse(Placement.SPREAD);
  }

  /** The node that node {@code n} joins if it is blank. */
  private String seed(int n) {
    if (!membership.formed()) {
      return names.brokerNode(members.first());
    }
    return members.stream()
        .filter(member -> member != n)
        .min(
            Comparator.comparing((Integer member) -> !runs(member)).thenComparing(member -> member))
        .map(names::brokerNode)
        // The only node, and it was formed: if its data is gone, it must wait and not hide the
        // loss.
        .orElse(names.noBrokerNode());
  }

  private boolean runs(int n) {
    return observed
        .reachable()
        .map(answer -> answer.nodes().get(names.brokerNode(n)))
        .map(Node::running)
        .orElseGet(() -> isReady(n));
  }

  private boolean waitsInVain(int n, Pod pod) {
    QueueNode node = observed.nodes().get(n);
    String seed = pod.getMetadata().getAnnotations().get(QueueNodePod.SEED_ANNOTATION);
    if (node.isReady() || node.isTerminating() || Objects.equals(seed, seed(n))) {
      return false;
    }
    if (!membership.formed()) {
      return true;
    }
    return observed.hasMajority()
        && !brokerNodes().contains(names.brokerNode(n))
        && !isRunning(seed)
        && age(pod).compareTo(SEED_PATIENCE) > 0;
  }

  private TreeSet<String> brokerNodes() {
    return observed
        .reachable()
        .map(answer -> new TreeSet<>(answer.nodes().keySet()))
        .orElseGet(TreeSet::new);
  }

  private boolean isRunning(String brokerNode) {
    return observed
        .reachable()
        .map(answer -> answer.nodes().get(brokerNode))
        .map(Node::running)
        .orElse(false);
  }

  private Duration age(Pod pod) {
    return Duration.between(Instant.parse(pod.getMetadata().getCreationTimestamp()), observed.at());
  }

  /** Makes Pods anew that were made from an earlier spec: what does not run, or else one node. */
  private void roll() {
    String wanted = pods.revision();
    List<QueueNode> outdated =
        observed.nodes().values().stream()
            .filter(node -> node.hasVolume() && !node.isTerminating() && !node.hasEnded())
            .filter(node -> node.pod().filter(pod -> !wanted.equals(revision(pod))).isPresent())
            .toList();
    if (!outdated.isEmpty()) {
      problems.add(
          new Problem(
              "RollingUpdate",
              "%d of %d nodes still run as an earlier spec said"
                  .formatted(outdated.size(), members.size())));
    }
    List<QueueNode> idle = outdated.stream().filter(node -> !hasStarted(node)).toList();
    if (!idle.isEmpty()) {
      idle.forEach(this::replacePod);
    } else {
      outdated.reversed().stream()
          .filter(this::canBeSpared)
          .findFirst()
          .ifPresent(this::replacePod);
    }
  }

  private void replacePod(QueueNode node) {
    actions.add(new Delete(node.pod().orElseThrow(), "it was made from an earlier spec"));
  }

  private static String revision(Pod pod) {
    return pod.getMetadata().getAnnotations().get(Revision.ANNOTATION);
  }

  private static boolean hasStarted(QueueNode node) {
    Pod pod = node.pod().orElseThrow();
    return pod.getStatus() != null
        && pod.getStatus().getContainerStatuses().stream()
            .filter(container -> container.getName().equals(QueueNodePod.CONTAINER))
            .map(ContainerStatus::getState)
            .anyMatch(state -> state.getRunning() != null);
  }

  /**
   * Whether all is whole without that node, so that one which does not serve clients goes first; or
   * no node serves clients anyway, as after a mistake in the first spec.
   */
  private boolean canBeSpared(QueueNode node) {
    String itself = names.brokerNode(node.number());
    boolean othersReady =
        members.stream().filter(n -> n != node.number()).allMatch(n -> isReady(n));
    return members.stream().noneMatch(this::isReady)
        || (othersReady
            && observed.reachable().filter(broker -> isWhole(broker, itself)).isPresent());
  }

  private boolean isReady(int n) {
    return observed.nodes().containsKey(n) && observed.nodes().get(n).isReady();
  }

  private static boolean isWhole(Reachable broker, String without) {
    return broker.nodes().values().stream()
            .filter(node -> !node.name().equals(without))
            .allMatch(Node::running)
        && broker.queues().values().stream().allMatch(queue -> isWhole(queue, without));
  }

  private static boolean isWhole(QueueState queue, String without) {
    return queue.leader().isPresent()
        && queue.members().stream()
            .filter(node -> !node.equals(without))
            .allMatch(queue.online()::contains);
  }
}
