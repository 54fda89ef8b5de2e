package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Messages;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.topology.MemberCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The status of the queues. */
final class QueueStatuses {

  private static final int LONGEST_LIST = 100;

  private final Observation observed;
  private final ResourceNames names;
  private final MessageTopologyStatus previous;
  private final Counting counting;

  QueueStatuses(
      Observation observed,
      ResourceNames names,
      MessageTopologyStatus previous,
      Counting counting) {
    this.observed = observed;
    this.names = names;
    this.previous = previous;
    this.counting = counting;
  }

  /** All of them, in the order of the spec. While the broker does not answer, the last known. */
  List<QueueStatus> build(List<QueueSpec> queues) {
    Map<String, QueueStatus> last =
        previous == null || previous.queues() == null
            ? Map.of()
            : previous.queues().stream()
                .collect(Collectors.toMap(QueueStatus::name, Function.identity()));
    return queues.stream().map(queue -> queue(queue, last.get(queue.name()))).toList();
  }

  /** Whether these have been counted, and are not what the last status says. */
  boolean haveChanged(List<QueueStatus> queues) {
    return observed.reachable().isPresent()
        && (previous == null
            || previous.messagesCountedAt() == null
            || !queues.equals(previous.queues()));
  }

  /** Whether clients can use it: a node leads it, and a majority of its members is online. */
  static boolean isAvailable(QueueStatus queue) {
    return queue.leader() != null && hasMajority(queue.members(), queue.online());
  }

  private static boolean hasMajority(int members, int online) {
    return online > members / 2;
  }

  /** Those that need attention first, then by name. */
  static List<QueueStatus> bounded(List<QueueStatus> queues) {
    List<QueueStatus> worstFirst = new ArrayList<>(queues);
    worstFirst.sort(
        Comparator.comparing((QueueStatus queue) -> queue.message() == null || isAvailable(queue))
            .thenComparing(queue -> queue.message() == null)
            .thenComparing(queue -> queue.overriddenBy() == null)
            .thenComparing(queue -> queue.refusedDeclaration() == null)
            .thenComparing(QueueStatus::name));
    return List.copyOf(worstFirst.subList(0, Math.min(LONGEST_LIST, worstFirst.size())));
  }

  private QueueStatus queue(QueueSpec spec, QueueStatus last) {
    Optional<Reachable> broker = observed.reachable();
    if (broker.isEmpty()) {
      return last == null ? nothingKnown(spec, null) : last;
    }
    QueueState state = broker.get().queues().get(spec.name());
    return state == null
        ? nothingKnown(spec, "The queue is not declared yet")
        : queue(spec, state, broker.get(), last);
  }

  private QueueStatus queue(QueueSpec spec, QueueState state, Reachable broker, QueueStatus last) {
    boolean keep = !counting.isDue() && last != null && last.ready() != null;
    Optional<Messages> known = state.messages();
    return new QueueStatus(
        spec.name(),
        state.leader().map(this::node).orElse(null),
        state.members().size(),
        state.online().size(),
        keep ? last.ready() : coarse(known.map(Messages::ready)),
        keep ? last.unacknowledged() : coarse(known.map(Messages::unacknowledged)),
        keep
            ? last.deadLetters()
            : coarse(known.map(Messages::deadLetters).filter(number -> number > 0)),
        problem(spec, state, broker),
        PolicyOverride.of(spec, state, broker.definitions()).orElse(null),
        refusedDeclaration(spec));
  }

  private static QueueStatus nothingKnown(QueueSpec spec, String message) {
    return new QueueStatus(spec.name(), null, null, null, null, null, null, message);
  }

  private String refusedDeclaration(QueueSpec spec) {
    return Optional.ofNullable(observed.refusedDeclarations().get(spec.name()))
        .map(differs -> DeclarationAdvice.of(spec, differs))
        .orElse(null);
  }

  private static Long coarse(Optional<Long> number) {
    return number.map(Counting::coarse).orElse(null);
  }

  private static String problem(QueueSpec spec, QueueState state, Reachable broker) {
    if (state.leader().isEmpty()) {
      return "The queue has no leader: it is unavailable";
    }
    int members = state.members().size();
    int online = state.online().size();
    if (!hasMajority(members, online)) {
      return "Only %d of %d members are online: it is unavailable".formatted(online, members);
    }
    int target = MemberCount.members(spec, broker.nodes().size());
    if (members < target) {
      return "The queue has %d of %d members".formatted(members, target);
    }
    int down = members - online;
    return down <= 0 ? null : "%d of %d members are down".formatted(down, members);
  }

  private String node(String brokerNode) {
    return names.number(brokerNode).isPresent()
        ? names.node(names.number(brokerNode).getAsInt())
        : brokerNode;
  }
}
