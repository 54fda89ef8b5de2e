package dev.warren.operator.observation;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the last attempts of all dispatchers of a consumer ended.
 *
 * @param url where they deliver to
 * @param lastAnswer the outcome of the last attempt, in a sentence; empty before the first
 * @param failures how many attempts have failed since the last one that did not
 * @param failingSince when the first of these ended; empty if there are none
 */
public record ConsumerDelivery(
    String url, Optional<String> lastAnswer, long failures, Optional<Instant> failingSince) {

  /**
   * From what its dispatchers tell: failures before any dispatcher's last success do not count.
   * Empty if no dispatcher tells anything.
   */
  public static Optional<ConsumerDelivery> of(Collection<DispatcherReport> reports) {
    Optional<Instant> success =
        reports.stream().flatMap(r -> r.succeededAt().stream()).max(Comparator.naturalOrder());
    List<DispatcherReport> failing =
        reports.stream().filter(report -> report.failsSinceAfter(success)).toList();
    return last(failing)
        .or(() -> last(reports.stream().filter(r -> r.succeededAt().equals(success))))
        .map(
            last ->
                new ConsumerDelivery(
                    last.url(),
                    last.lastAnswer(),
                    failing.stream().mapToLong(DispatcherReport::failures).sum(),
                    failing.stream()
                        .flatMap(report -> report.failingSince().stream())
                        .min(Comparator.naturalOrder())));
  }

  private static Optional<DispatcherReport> last(List<DispatcherReport> reports) {
    return last(reports.stream());
  }

  private static Optional<DispatcherReport> last(Stream<DispatcherReport> reports) {
    return reports.max(Comparator.comparing(DispatcherReport::lastAt));
  }
}
