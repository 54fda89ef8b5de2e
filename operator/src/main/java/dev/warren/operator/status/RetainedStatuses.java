package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.RetainedStatus;
import dev.warren.operator.action.Retained;
import dev.warren.operator.observation.BrokerObservation.Messages;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The status of what the resource no longer declares and is still in the broker. */
final class RetainedStatuses {

  private static final int LONGEST_LIST = 100;

  private final ReconcileResult result;
  private final List<RetainedStatus> previous;
  private final Counting counting;

  RetainedStatuses(ReconcileResult result, MessageTopologyStatus previous, Counting counting) {
    this.result = result;
    this.previous =
        previous == null || previous.retained() == null ? List.of() : previous.retained();
    this.counting = counting;
  }

  /** By kind and name; null when there is none. While the broker cannot decide, the last known. */
  List<RetainedStatus> build() {
    List<RetainedStatus> all =
        !result.observed().hasMajority() || !result.violations().isEmpty()
            ? previous
            : result.applied().retained().stream()
                .map(this::status)
                .sorted(
                    Comparator.comparing(RetainedStatus::kind).thenComparing(RetainedStatus::name))
                .limit(LONGEST_LIST)
                .toList();
    return all.isEmpty() ? null : all;
  }

  private RetainedStatus status(Retained retained) {
    Long messages =
        Optional.of(retained)
            .filter(kept -> kept.kind().equals(Retained.QUEUE))
            .flatMap(kept -> result.observed().reachable())
            .map(broker -> broker.queues().get(retained.name()))
            .flatMap(QueueState::messages)
            .map(known -> messages(retained, known))
            .orElse(null);
    return new RetainedStatus(retained.kind(), retained.name(), messages, retained.because());
  }

  private Long messages(Retained retained, Messages known) {
    Optional<Long> last =
        previous.stream()
            .filter(kept -> kept.kind().equals(retained.kind()))
            .filter(kept -> kept.name().equals(retained.name()))
            .map(RetainedStatus::messages)
            .filter(Objects::nonNull)
            .findFirst();
    return last.isPresent() && !counting.isDue() ? last.get() : Counting.coarse(known.all());
  }
}
