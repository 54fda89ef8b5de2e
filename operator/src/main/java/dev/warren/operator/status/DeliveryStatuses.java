package dev.warren.operator.status;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.HttpDeliverySpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.DeliveryStatus;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.ConsumerDelivery;
import dev.warren.operator.observation.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** How the deliveries of consumers with {@code http} go, as a status reports it. */
final class DeliveryStatuses {

  /**
   * So many attempts in a row must fail, for so long, before a consumer is not ready: a receiver
   * that restarts, or a message that it refuses, is no trouble.
   */
  private static final int FAILURES = 3;

  private static final Duration LASTING = Duration.ofSeconds(10);

  private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";

  private final Observation observed;
  private final Counting counting;
  private final List<QueueSpec> queues;

  /** What a change from one to another is worth a new status at once. */
  private enum Course {
    SUCCEEDS,
    FAILS,
    FAILS_FOR_LONG
  }

  DeliveryStatuses(Observation observed, Counting counting, List<QueueSpec> queues) {
    this.observed = observed;
    this.counting = counting;
    this.queues = queues;
  }

  /**
   * The status of one consumer; null if nothing is known. While its Pods do not answer, the last
   * status for the same URL stands.
   *
   * @param last the previous status of the consumer; null if there is none
   */
  DeliveryStatus of(ConsumerSpec consumer, ConsumerStatus last) {
    if (consumer.http() == null) {
      return null;
    }
    DeliveryStatus before = last == null ? null : last.delivery();
    ConsumerDelivery now = observed.deliveries().get(consumer.name());
    if (now == null) {
      return before != null && isTo(consumer.http(), before) ? before : null;
    }
    if (now.lastAnswer().isEmpty()) {
      return null;
    }
    DeliveryStatus fresh = status(now);
    boolean keep =
        before != null
            && before.url().equals(fresh.url())
            && course(before) == course(fresh)
            && !counting.isDue();
    return keep ? before : fresh;
  }

  private static boolean isTo(HttpDeliverySpec http, DeliveryStatus delivery) {
    return http.url().split("[?]", 2)[0].equals(delivery.url());
  }

  private static DeliveryStatus status(ConsumerDelivery delivery) {
    return new DeliveryStatus(
        delivery.url(),
        delivery.lastAnswer().orElseThrow(),
        Counting.coarse(delivery.failures()),
        delivery
            .failingSince()
            .map(since -> since.truncatedTo(ChronoUnit.SECONDS).toString())
            .orElse(null));
  }

  private Course course(DeliveryStatus delivery) {
    if (delivery.failingSince() == null) {
      return Course.SUCCEEDS;
    }
    boolean lasts = !Instant.parse(delivery.failingSince()).plus(LASTING).isAfter(observed.at());
    return lasts && delivery.failures() >= FAILURES ? Course.FAILS_FOR_LONG : Course.FAILS;
  }

  /**
   * What keeps messages from being delivered.
   *
   * @param delivery the consumer's status; null if nothing is known
   */
  Optional<Problem> problem(ConsumerSpec consumer, DeliveryStatus delivery) {
    return Optional.ofNullable(delivery)
        .filter(known -> course(known) == Course.FAILS_FOR_LONG)
        .map(
            known ->
                new Problem(
                    Reason.DELIVERY_FAILING,
                    "The last %d attempts to deliver to %s failed: %s. Correct http.url, or repair the receiver. %s"
                        .formatted(
                            known.failures(), known.url(), known.lastAnswer(), fate(consumer))));
  }

  private String fate(ConsumerSpec consumer) {
    return warning(consumer).orElse("Messages that are given up become dead letters");
  }

  /** What happens to messages that are given up, if they are lost. */
  Optional<String> warning(ConsumerSpec consumer) {
    return queues.stream()
        .filter(queue -> consumer.http() != null && queue.name().equals(consumer.queue()))
        .filter(DeliveryStatuses::hasNoDeadLetter)
        .findFirst()
        .map(
            queue ->
                "Messages that are given up are dropped, because queue '%s' has no deadLetter"
                    .formatted(queue.name()));
  }

  private static boolean hasNoDeadLetter(QueueSpec queue) {
    return queue.deadLetter() == null && !queue.arguments().containsKey(DEAD_LETTER_EXCHANGE);
  }
}
