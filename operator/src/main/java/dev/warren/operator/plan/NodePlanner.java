package dev.warren.operator.plan;

import static java.util.stream.Collectors.toCollection;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.operator.model.Departure;
import dev.warren.operator.model.Departure.Kind;
import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.QueueNodePod.Placement;
import dev.warren.operator.model.QueueNodeVolume;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.Revision;
import dev.warren.operator.plan.BrokerObservation.Node;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import dev.warren.operator.plan.KubernetesAction.Create;
import dev.warren.operator.plan.KubernetesAction.Delete;
import dev.warren.operator.plan.KubernetesAction.Grow;
import dev.warren.operator.plan.KubernetesAction.Mark;
import dev.warren.operator.plan.KubernetesAction.Replace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Plans the queue nodes: which identities there are, and the volume and the Pod of each. A node's
 * number is its identity in the cluster and never used twice; a node whose volume is gone does not
 * come back.
 */
final class NodePlanner {

  /**
   * @param membership the record as it shall be; the first action writes it
   * @param actions in their order; when one fails, those after it must not be done
   * @param problems what cannot be done now, and why
   */
  record NodePlan(Membership membership, List<KubernetesAction> actions, List<Problem> problems) {}

  /** A blank node that waits for one that does not come, for that long, is started anew. */
  private static final Duration SEED_PATIENCE = Duration.ofSeconds(30);

  private final Owner owner;
  private final ResourceNames names;
  private final NodesSpec spec;
  private final QueueNodePod pods;
  private final ConfigMap gatewayConfig;
  private final String gatewayConfigRevision;
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
      MessageTopologySpec spec,
      Images images,
      Observation observed,
      Membership membership) {
    this.owner = owner;
    this.names = names;
    this.spec = spec.nodes();
    this.pods = new QueueNodePod(owner, names, spec, images);
    this.gatewayConfig = GatewayConfig.configMap(owner, names, spec);
    this.gatewayConfigRevision = GatewayConfig.revision(spec);
    this.volumes = new QueueNodeVolume(owner, names, spec.nodes().storage());
    this.observed = observed;
    this.membership = membership;
    this.members =
        observed.nodes().values().stream()
            .filter(node -> node.hasVolume() && !membership.isGone(node.number()))
            .map(QueueNode::number)
            .collect(toCollection(TreeSet::new));
  }

  NodePlan plan() {
    int wanted = spec.replicas() - members.size();
    boolean grow = wanted > 0 && mayGrow();
    Membership recorded = grow ? growth(wanted) : membership;
    recordMembership(recorded);
    keepVolumes();
    if (grow) {
      IntStream.range(membership.next(), membership.next() + wanted).forEach(this::addVolume);
    }
    members.forEach(this::keepPod);
    membership.departing().map(Departure::node).filter(this::isNeeded).ifPresent(this::keepPod);
    growVolumes();
    roll();
    return new NodePlan(recorded, List.copyOf(actions), List.copyOf(problems));
  }

  private boolean mayGrow() {
    if (!membership.formed()) {
      return true;
    }
    if (!observed.hasMajority()) {
      problems.add(
          new Problem(
              Reason.NO_MAJORITY, "Nodes are added when a majority of the present ones runs"));
      return false;
    }
    // First its Pod must show that it leaves, or the new one would keep away from its machine.
    if (membership.departing().filter(leaving -> !isRecorded(leaving)).isPresent()) {
      return false;
    }
    // A node that is lost with its volume is first recorded as such, or held.
    return brokerNodes().stream()
        .flatMapToInt(node -> names.number(node).stream())
        .allMatch(n -> members.contains(n) || membership.isGone(n));
  }

  private boolean isRecorded(Departure leaving) {
    return observed
        .objects()
        .find(ConfigMap.class, names.membership())
        .flatMap(Membership::of)
        .flatMap(Membership::departing)
        .filter(recorded -> recorded.node() == leaving.node())
        .isPresent();
  }

  private Membership growth(int wanted) {
    Membership grown = membership.next(membership.next() + wanted);
    return membership
        .departure()
        .filter(last -> last.kind() != Kind.SURPLUS)
        .filter(last -> last.replacedBy() == null && !last.isComplete())
        .map(last -> grown.departure(last.replacedBy(membership.next())))
        .orElse(grown);
  }

  private void recordMembership(Membership wanted) {
    ConfigMap record = wanted.configMap(owner, names);
    Optional<ConfigMap> existing = observed.objects().find(ConfigMap.class, names.membership());
    if (existing.isEmpty()) {
      actions.add(new Create(record, "it does not exist"));
    } else if (!record.getData().equals(existing.get().getData())) {
      actions.add(
          new Replace(
              new ConfigMapBuilder(existing.get()).withData(record.getData()).build(),
              "it shall say " + record.getData()));
    }
  }

  private void keepVolumes() {
    ObjectPlanner objects = new ObjectPlanner(observed.objects());
    for (int n : members) {
      PersistentVolumeClaim claim = observed.nodes().get(n).volume().orElseThrow();
      objects.plan(volumes.claim(n, claim, hasJoined(n))).ifPresent(actions::add);
    }
  }

  /** Where a storage class can do that. */
  private void growVolumes() {
    for (QueueNode node : observed.nodes().values()) {
      if (members.contains(node.number()) && node.volume().isPresent()) {
        growVolume(node.number(), node.volume().get());
      }
    }
  }

  private void growVolume(int n, PersistentVolumeClaim claim) {
    Optional<PersistentVolumeClaim> grown = volumes.grown(n, claim, hasJoined(n));
    Quantity wanted = QueueNodeVolume.request(claim);
    Optional<Quantity> has =
        QueueNodeVolume.capacity(claim).filter(capacity -> capacity.compareTo(wanted) < 0);
    if (grown.isPresent()) {
      actions.add(new Grow(grown.get(), "it is to have " + spec.storage().size()));
    } else if (has.isPresent()) {
      problems.add(
          new Problem(
              Reason.VOLUME_GROWING,
              "PersistentVolumeClaim %s has %s and grows to %s"
                  .formatted(claim.getMetadata().getName(), has.get(), wanted)));
    }
  }

  /** A node that was a member once must not start on an empty volume. */
  private boolean hasJoined(int n) {
    return brokerNodes().contains(names.brokerNode(n))
        || (observed.nodes().containsKey(n) && observed.nodes().get(n).hasJoined());
  }

  private void addVolume(int n) {
    new ObjectPlanner(observed.objects()).plan(volumes.claim(n)).ifPresent(actions::add);
    members.add(n);
  }

  private void keepPod(int n) {
    Optional<QueueNode> node = Optional.ofNullable(observed.nodes().get(n));
    Optional<Pod> pod = node.flatMap(QueueNode::pod);
    if (pod.isEmpty()) {
      actions.add(new Create(newPod(n), "node " + names.node(n) + " has no Pod"));
    } else if (node.get().hasEnded() && !node.get().isTerminating()) {
      actions.add(new Delete(pod.get(), "it has ended and is to be made again"));
    } else if (hasJoined(n) && !node.get().knowsThatItHasJoined()) {
      actions.add(
          new Mark(pod.get(), Map.of(), Map.of(Labels.JOINED, "true"), "it is a member now"));
    } else if (isStoppedToLeave(node.get())) {
      actions.add(new Delete(pod.get(), "it was stopped to leave, and does not leave"));
    } else if (isMarkedAsLeaving(node.get()) && !node.get().isTerminating()) {
      actions.add(
          new Mark(
              pod.get(),
              Map.of(
                  Labels.COMPONENT,
                  Component.QUEUE_NODE.value(),
                  Labels.IN_SERVICE,
                  "true",
                  Labels.LEAVING,
                  "false"),
              Map.of(),
              "it does not leave"));
    } else if (waitsInVain(n, pod.get())) {
      actions.add(
          new Delete(
              pod.get(), "it is blank and waits for a node to join that is not there any more"));
    } else if (isToTellItsGateway(node.get())) {
      actions.add(
          new Mark(
              pod.get(),
              Map.of(),
              Map.of(GatewayConfig.REVISION_ANNOTATION, gatewayConfigRevision),
              "its gateway is to be told what it shall serve"));
    }
  }

  private static boolean isMarkedAsLeaving(QueueNode node) {
    return !node.isInService() || node.isLeaving();
  }

  /** As when the record of its departure is gone: it would not start again by itself. */
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
    Pod pod = pods.pod(n, seed(n), placement(n), hasJoined(n));
    boolean givenUp =
        membership.departing().stream()
            .anyMatch(leaving -> leaving.node() == n && leaving.kind() == Kind.GIVEN_UP);
    // Without it, it would look as if the user had changed their mind.
    return givenUp
        ? pod.edit().editMetadata().addToAnnotations(Labels.REPLACE, "true").endMetadata().build()
        : pod;
  }

  /** When the ConfigMap says it; before, the kubelet would look too early. */
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

  /** One that leaves comes back as long as the others cannot go on without it. */
  private boolean isNeeded(int leaving) {
    String brokerNode = names.brokerNode(leaving);
    QueueNode node = observed.nodes().get(leaving);
    return node != null
        && node.hasVolume()
        && (node.pod().isEmpty() || node.hasEnded())
        && observed
            .reachable()
            .map(
                answer ->
                    answer.nodes().containsKey(brokerNode)
                        && (!observed.hasMajority()
                            || OnlyCopies.needing(brokerNode, answer).isPresent()))
            // Nobody answers: perhaps because it was the only one.
            .orElse(true);
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
    // One that leaves may be the only one that runs.
    return Stream.concat(members.stream(), membership.departing().map(Departure::node).stream())
        .filter(member -> member != n)
        .min(
            Comparator.comparing((Integer member) -> !runs(member))
                .thenComparing(membership::isGone)
                .thenComparing(member -> member))
        .map(names::brokerNode)
        // The only node, and it was formed: if its data is gone, it must wait and not hide the
        // loss.
        .orElse(names.noBrokerNode());
  }

  private boolean runs(int n) {
    return observed
        .reachable()
        .flatMap(answer -> answer.member(names.brokerNode(n)))
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
        && observed.reachable().filter(answer -> answer.runs(seed)).isEmpty()
        && observed.age(pod).compareTo(SEED_PATIENCE) > 0;
  }

  private TreeSet<String> brokerNodes() {
    return observed
        .reachable()
        .map(answer -> new TreeSet<>(answer.nodes().keySet()))
        .orElseGet(TreeSet::new);
  }

  /** Makes Pods anew that were made from an earlier spec: what does not run, or else one node. */
  private void roll() {
    String wanted = pods.revision();
    List<QueueNode> outdated =
        observed.nodes().values().stream()
            .filter(node -> members.contains(node.number()))
            .filter(node -> !node.isTerminating() && !node.hasEnded())
            .filter(node -> node.pod().filter(pod -> !wanted.equals(revision(pod))).isPresent())
            .toList();
    if (!outdated.isEmpty()) {
      problems.add(
          new Problem(
              Reason.ROLLING_UPDATE,
              "%d of %d nodes are updated"
                  .formatted(members.size() - outdated.size(), members.size())));
    }
    List<QueueNode> idle = outdated.stream().filter(node -> !node.hasStarted()).toList();
    if (!idle.isEmpty()) {
      idle.forEach(this::replacePod);
    } else if (membership.departing().isEmpty()) {
      outdated.stream()
          .filter(node -> canBeSpared(node, outdated))
          // One that serves nobody costs nothing.
          .min(Comparator.comparing(QueueNode::hasReadyPod).thenComparing(leastImportantFirst()))
          .ifPresent(this::replacePod);
    }
  }

  /** So that as few leaders as possible move to a node that has yet to be started anew. */
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

  private void replacePod(QueueNode node) {
    actions.add(new Delete(node.pod().orElseThrow(), "it was made from an earlier spec"));
  }

  private static String revision(Pod pod) {
    return pod.getMetadata().getAnnotations().get(Revision.ANNOTATION);
  }

  /**
   * Whether all is whole without that node, so that one which does not serve clients goes first; or
   * no node serves clients anyway, as after a mistake in the first spec. What has been made anew
   * must do all that it shall, its gateway too, before another is made like it; what is still as an
   * earlier spec said need not, or a mistake in that could not be mended.
   */
  private boolean canBeSpared(QueueNode node, List<QueueNode> outdated) {
    String itself = names.brokerNode(node.number());
    boolean othersReady =
        members.stream()
            .filter(n -> n != node.number())
            .map(observed.nodes()::get)
            .allMatch(
                other ->
                    other != null
                        && (outdated.contains(other) ? other.isReady() : other.hasReadyPod()));
    return members.stream().noneMatch(this::runs)
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
        && broker.queues().values().stream().allMatch(queue -> QueueHealth.isWhole(queue, without));
  }
}
