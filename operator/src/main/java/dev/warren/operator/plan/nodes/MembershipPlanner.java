package dev.warren.operator.plan.nodes;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.KubernetesAction.Replace;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.FailedMoves;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.Revision;
import dev.warren.operator.model.TopologyServices;
import dev.warren.operator.model.UserMetadata;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.nodes.RemovalDecision.Decided;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Decides everything that is recorded about a topology's nodes: the number of the next one, whether
 * they have formed a cluster, which node is removed and in which phase, and among which nodes the
 * leaders were balanced. The other planners plan what follows from it.
 */
public final class MembershipPlanner {

  private final Owner owner;
  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Images images;
  private final Observation observed;
  private final List<Problem> problems = new ArrayList<>();

  public MembershipPlanner(
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

  /** Whether that node is to take the place of one that still serves clients. */
  public static boolean movesTo(int node, ResourceNames names, Observation observed) {
    return observed
        .objects()
        .find(ConfigMap.class, names.membership())
        .flatMap(Membership::of)
        .flatMap(Membership::removing)
        .filter(NodeRemoval::isMoveOfServingNode)
        .filter(move -> Objects.equals(move.replacedBy(), node))
        .isPresent();
  }

  public MembershipPlan plan() {
    Membership recorded = recorded();
    QueueNodePod pods = new QueueNodePod(owner, names, spec, images);
    Decided decided = new RemovalDecision(names, spec, observed, recorded, pods).decide();
    problems.addAll(decided.problems());
    Membership removing = recorded.removal(decided.removal()).failedMoves(decided.failedMoves());
    Membership balanced =
        new BalancePlanner(spec, observed, removing)
            .among()
            .map(removing::balanced)
            .orElse(removing);
    Membership desired = grown(recorded, balanced);
    return new MembershipPlan(recorded, desired, write(desired), List.copyOf(problems));
  }

  /** The record of the nodes, updated with what is observed. */
  private Membership recorded() {
    Optional<Membership> record = record().flatMap(Membership::of);
    boolean hasVolumes =
        observed.nodes().values().stream().anyMatch(node -> node.volume().isPresent());
    // A Pod that serves clients proves it too, if the operator itself cannot reach the broker.
    boolean runs =
        observed.nodes().values().stream().anyMatch(QueueNode::isReady)
            || observed.reachable().stream()
                .flatMap(broker -> broker.nodes().values().stream())
                .anyMatch(Node::running);
    // Volumes without a record: somebody deleted or damaged it. Whether they hold data is unknown,
    // so it is assumed.
    boolean formed = record.map(Membership::formed).orElse(hasVolumes) || runs;
    return new Membership(
        next(record),
        formed,
        record.flatMap(Membership::removal),
        record.map(Membership::balanced).orElse(""),
        record.map(Membership::failedMoves).orElse(FailedMoves.NONE));
  }

  private Optional<ConfigMap> record() {
    return observed.objects().find(ConfigMap.class, names.membership());
  }

  /** The number is stored twice, and can be derived from everything that is left of nodes. */
  private int next(Optional<Membership> record) {
    return IntStream.of(
            record.map(Membership::next).orElse(0),
            observed
                .objects()
                .find(Service.class, names.nodesService())
                .map(TopologyServices::next)
                .orElse(0),
            observed.highestNumber() + 1,
            highestInBroker() + 1)
        .max()
        .getAsInt();
  }

  private int highestInBroker() {
    return observed.reachable().stream()
        .flatMap(broker -> broker.nodes().keySet().stream())
        .flatMapToInt(node -> names.number(node).stream())
        .max()
        .orElse(-1);
  }

  private Membership grown(Membership recorded, Membership desired) {
    Members members = new Members(names, observed, desired);
    int wanted = spec.nodes().replicas() - members.present().size();
    return wanted > 0 && mayGrow(recorded, desired, members) ? grown(desired, wanted) : desired;
  }

  private boolean mayGrow(Membership recorded, Membership desired, Members members) {
    if (!desired.formed()) {
      return true;
    }
    if (!observed.hasMajority()) {
      problems.add(
          new Problem(
              Reason.NO_MAJORITY, "Nodes are added when a majority of the existing nodes runs"));
      return false;
    }
    // First the leaving Pod must be marked, or the new one would avoid its machine.
    if (desired.removing().filter(leaving -> !isRecorded(leaving, recorded)).isPresent()) {
      return false;
    }
    // A node that is lost with its volume is first recorded as lost, or held.
    List<Integer> present = members.present().stream().map(QueueNode::number).toList();
    return members.brokerNodes().stream()
        .flatMapToInt(node -> names.number(node).stream())
        .allMatch(n -> present.contains(n) || desired.removes(n));
  }

  private static boolean isRecorded(NodeRemoval leaving, Membership recorded) {
    return recorded.removing().filter(last -> last.node() == leaving.node()).isPresent();
  }

  private Membership grown(Membership desired, int wanted) {
    Optional<NodeRemoval> removal =
        desired
            .removal()
            .map(last -> lacksReplacement(last) ? last.replacedBy(desired.next()) : last);
    return desired.next(desired.next() + wanted).removal(removal);
  }

  /** An operator that was killed may have recorded a new node, and created nothing of it. */
  private boolean lacksReplacement(NodeRemoval last) {
    boolean exists = last.replacedBy() != null && observed.nodes().containsKey(last.replacedBy());
    return last.kind() != Kind.SURPLUS && !exists && !last.isDone();
  }

  /** The fields with their old and new values. */
  private static String because(Optional<Membership> before, Membership after) {
    String changes =
        Stream.of(
                change("next node", before.map(Membership::next), Optional.of(after.next())),
                change("formed", before.map(Membership::formed), Optional.of(after.formed())),
                change(
                    "removal",
                    before.flatMap(Membership::removal).map(MembershipPlanner::describe),
                    after.removal().map(MembershipPlanner::describe)))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("; "));
    return changes.isEmpty() ? "the leaders of queues or the moves of nodes have changed" : changes;
  }

  private static Optional<String> change(String field, Optional<?> before, Optional<?> after) {
    return before.equals(after)
        ? Optional.empty()
        : Optional.of("%s: %s -> %s".formatted(field, orNone(before), orNone(after)));
  }

  private static Object orNone(Optional<?> value) {
    return value.isPresent() ? value.get() : "none";
  }

  /** Without times, so that a plan that waits stays the same. */
  private static String describe(NodeRemoval removal) {
    return "node %d is %s (%s)"
        .formatted(removal.node(), removal.phase().wire(), removal.because());
  }

  private Optional<KubernetesAction> write(Membership desired) {
    ConfigMap wanted = desired.configMap(owner, names, UserMetadata.of(spec));
    if (record().isEmpty()) {
      return Optional.of(new Create(wanted, "it does not exist"));
    }
    return record().flatMap(existing -> replace(existing, wanted, desired));
  }

  /** Only if nobody has changed it since. */
  private static Optional<KubernetesAction> replace(
      ConfigMap existing, ConfigMap wanted, Membership desired) {
    ConfigMap record =
        new ConfigMapBuilder(existing)
            .editMetadata()
            .withLabels(wanted.getMetadata().getLabels())
            .withAnnotations(wanted.getMetadata().getAnnotations())
            .endMetadata()
            .withData(wanted.getData())
            .build();
    if (!wanted.getData().equals(existing.getData())) {
      return Optional.of(new Replace(record, because(Membership.of(existing), desired)));
    }
    return Revision.isSame(wanted, existing)
        ? Optional.empty()
        : Optional.of(new Replace(record, "its labels or annotations have changed"));
  }
}
