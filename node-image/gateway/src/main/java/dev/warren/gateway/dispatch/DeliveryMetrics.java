package dev.warren.gateway.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What the dispatcher counts. */
final class DeliveryMetrics {
  private static final Duration[] BOUNDS =
      Stream.of(10, 50, 100, 500, 1_000, 5_000, 10_000, 60_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  final Counter delivered;
  final Counter retried;
  final Counter deadLettered;
  final Counter rejected;
  final Counter replied;
  final Counter replyFailed;
  final Counter headersOmitted;
  final Timer attempts;
  final AtomicInteger inFlight = new AtomicInteger();

  DeliveryMetrics(MeterRegistry registry, String consumer) {
    delivered = counter(registry, "delivered", "Messages that the receiver has accepted", consumer);
    retried =
        counter(registry, "retried", "Attempts that failed and were followed by another", consumer);
    deadLettered =
        counter(
            registry, "dead.lettered", "Messages given up and published as dead letters", consumer);
    rejected = counter(registry, "rejected", "Messages given up and rejected", consumer);
    replied = counter(registry, "replied", "Answers sent to the messages' reply-to", consumer);
    replyFailed = counter(registry, "reply.failed", "Answers that could not be sent", consumer);
    headersOmitted =
        counter(
            registry,
            "headers.omitted",
            "Headers of messages for which the requests had no room",
            consumer);
    attempts =
        Timer.builder("warren.http.delivery.attempt")
            .description("Duration of attempts, including failed ones")
            .tag("consumer", consumer)
            .serviceLevelObjectives(BOUNDS)
            .register(registry);
    Gauge.builder("warren.http.delivery.in.flight", inFlight, AtomicInteger::get)
        .description("Messages being delivered, including those that wait for their next attempt")
        .tag("consumer", consumer)
        .register(registry);
  }

  private static Counter counter(
      MeterRegistry registry, String name, String description, String consumer) {
    return Counter.builder("warren.http.delivery." + name)
        .description(description)
        .tag("consumer", consumer)
        .register(registry);
  }
}
