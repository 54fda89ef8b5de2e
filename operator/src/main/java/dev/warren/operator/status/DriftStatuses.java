package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.DriftStatus;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareExchange;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.PutUser;
import dev.warren.operator.action.BrokerAction.SetPlugins;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.User;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.Revision;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What somebody else changed and a pass restored. A change counts only if the last status reported
 * that this part matched this generation of the resource. Otherwise the pass made it for the first
 * time, for a changed resource, or for a lost node.
 */
final class DriftStatuses {

  private static final int LONGEST_LIST = 20;
  private static final String DELETED = "It was deleted";
  private static final Set<String> DECLARED_NEVERTHELESS =
      Set.of(
          Reason.QUEUE_NOT_READY.wireName(),
          Reason.QUEUE_DEGRADED.wireName(),
          Reason.POLICY_OVERRIDDEN.wireName());

  private final ReconcileResult result;
  private final MessageTopologyStatus previous;
  private final long generation;

  private record Found(String kind, String name, String what) {}

  DriftStatuses(ReconcileResult result, MessageTopologyStatus previous, long generation) {
    this.result = result;
    this.previous = previous;
    this.generation = generation;
  }

  /** The newest first; null when there was none yet. */
  List<DriftStatus> build() {
    List<DriftStatus> last = of(previous);
    List<Found> found = found();
    List<DriftStatus> all = new ArrayList<>();
    found.forEach(drift -> all.add(status(drift, last)));
    last.stream()
        .filter(known -> found.stream().noneMatch(drift -> isSame(drift, known)))
        .forEach(all::add);
    return all.isEmpty() ? null : List.copyOf(all.subList(0, Math.min(LONGEST_LIST, all.size())));
  }

  /** The drift that a status reports. */
  static List<DriftStatus> of(MessageTopologyStatus status) {
    return status == null || status.drift() == null ? List.of() : status.drift();
  }

  private DriftStatus status(Found drift, List<DriftStatus> last) {
    int before =
        last.stream()
            .filter(known -> isSame(drift, known))
            .findFirst()
            .map(DriftStatus::count)
            .orElse(0);
    return new DriftStatus(
        drift.kind(), drift.name(), drift.what(), before + 1, result.observed().timestamp());
  }

  private static boolean isSame(Found drift, DriftStatus known) {
    return drift.kind().equals(known.kind()) && drift.name().equals(known.name());
  }

  private List<Found> found() {
    boolean nodesWereReady = was(ConditionType.NODES_READY);
    Stream<Found> support =
        nodesWereReady ? inKubernetes(result.applied().support()) : Stream.empty();
    Stream<Found> broker = nodesWereReady && allWasDeclared() ? inBroker() : Stream.empty();
    Stream<Found> consumers =
        was(ConditionType.CONSUMERS_READY)
            ? inKubernetes(result.applied().consumers())
            : Stream.empty();
    return Stream.of(broker, support, consumers).flatMap(found -> found).toList();
  }

  private boolean was(ConditionType condition) {
    return last(condition).filter(last -> last.getStatus().equals(Conditions.TRUE)).isPresent();
  }

  /**
   * When a queue is deleted during an observation, the first pass may miss only its leader. A
   * policy of somebody else may stay for a long time.
   */
  private boolean allWasDeclared() {
    return was(ConditionType.TOPOLOGY_DECLARED)
        || last(ConditionType.TOPOLOGY_DECLARED)
            .filter(last -> DECLARED_NEVERTHELESS.contains(last.getReason()))
            .isPresent();
  }

  /** The condition of the last status, if it was about this generation. */
  private Optional<Condition> last(ConditionType condition) {
    return Conditions.find(previous, condition)
        .filter(last -> Objects.equals(last.getObservedGeneration(), generation));
  }

  private Stream<Found> inKubernetes(List<KubernetesAction> actions) {
    return actions.stream().flatMap(action -> inKubernetes(action).stream());
  }

  private Optional<Found> inKubernetes(KubernetesAction action) {
    return switch (action) {
      case Create create ->
          Optional.of(found(create, "It was deleted, or its labels were removed"));
      // Another revision means that an older operator or an older spec created it.
      case Apply apply ->
          result
              .observed()
              .objects()
              .find(apply.object())
              .filter(actual -> Revision.isSame(actual, apply.object()))
              .map(actual -> found(apply, apply.because()));
      default -> Optional.empty();
    };
  }

  private static Found found(KubernetesAction action, String what) {
    HasMetadata object = action.object();
    return new Found(object.getKind(), object.getMetadata().getName(), what);
  }

  private Stream<Found> inBroker() {
    return result.observed().reachable().stream()
        .flatMap(
            broker ->
                result.applied().broker().stream()
                    .flatMap(done -> inBroker(done, broker).stream()));
  }

  private static Optional<Found> inBroker(BrokerAction action, Reachable broker) {
    BrokerDefinitions before = broker.definitions();
    OwnershipRecord declared = broker.declared();
    return switch (action) {
      case DeclareExchange declare ->
          Optional.of(declare.exchange().name())
              .filter(declared.exchanges()::contains)
              .map(name -> new Found("Exchange", name, DELETED));
      case DeclareQueue declare ->
          Optional.of(declare.queue().name())
              .filter(declared.queues()::containsKey)
              .map(name -> new Found("Queue", name, DELETED));
      // RabbitMQ removes it together with its exchange or its queue.
      case Bind bind ->
          Optional.of(bind.binding())
              .filter(declared.bindings()::contains)
              .filter(binding -> hasBothEnds(binding, before))
              .map(binding -> new Found("Binding", binding.describe(), DELETED));
      case PutPolicy put ->
          Optional.of(put.policy())
              .filter(policy -> isOfDeclaredQueue(policy, declared))
              .map(policy -> found(before.policies().get(policy.name()), policy));
      case PutUser put ->
          Optional.of(new Found("User", put.name(), difference(before.users().get(put.name()))));
      case SetPlugins set ->
          broker
              .member(set.node())
              .flatMap(Node::plugins)
              .map(enabled -> new Found("Plugins", set.node(), difference(enabled, set.plugins())));
      default -> Optional.empty();
    };
  }

  private static String difference(Set<String> actual, Set<String> wanted) {
    return wanted.stream()
        .filter(plugin -> !actual.contains(plugin))
        .findFirst()
        .map(plugin -> plugin + " was disabled")
        .orElse("More plugins were enabled than the spec lists");
  }

  private static boolean hasBothEnds(Binding binding, BrokerDefinitions before) {
    return before.queues().containsKey(binding.queue())
        && (before.exchanges().containsKey(binding.exchange())
            || binding.exchange().startsWith("amq."));
  }

  private static boolean isOfDeclaredQueue(Policy policy, OwnershipRecord declared) {
    return declared.queues().keySet().stream()
        .anyMatch(queue -> DesiredDefinitions.policyName(queue).equals(policy.name()));
  }

  private static Found found(Policy actual, Policy wanted) {
    return new Found(
        "Policy", wanted.name(), actual == null ? DELETED : difference(actual, wanted));
  }

  private static String difference(Policy actual, Policy wanted) {
    TreeSet<String> settings = new TreeSet<>(actual.definition().keySet());
    settings.addAll(wanted.definition().keySet());
    String changed =
        settings.stream()
            .filter(
                key -> !Objects.equals(actual.definition().get(key), wanted.definition().get(key)))
            .map(
                key ->
                    "%s was %s and is %s again"
                        .formatted(
                            key,
                            actual.definition().getOrDefault(key, "absent"),
                            wanted.definition().getOrDefault(key, "absent")))
            .collect(Collectors.joining("; "));
    return changed.isEmpty() ? "Its pattern, priority or kind of queues was changed" : changed;
  }

  private static String difference(User actual) {
    if (actual == null) {
      return DELETED;
    }
    if (!actual.permitted()) {
      return "It had lost permissions";
    }
    return actual.tags().isEmpty()
        ? "Its password was not the one in the Secret"
        : "Tags were added";
  }
}
