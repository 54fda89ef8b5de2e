package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.Outcome.Failure;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;

/** The copy of an undeliverable message, with the reason. */
final class DeadLetter {
  static final String REASON = "x-warren-failure-reason";
  static final String STATUS = "x-warren-failure-status";
  static final String ATTEMPTS = "x-warren-failure-attempts";
  static final String TIME = "x-warren-failure-time";
  static final String CONSUMER = "x-warren-failure-consumer";
  static final String QUEUE = "x-warren-failure-queue";

  private static final int PERSISTENT = 2;

  private final String consumer;
  private final String queue;

  /** For messages of a queue, delivered by a consumer. */
  DeadLetter(String consumer, String queue) {
    this.consumer = consumer;
    this.queue = queue;
  }

  /**
   * The copy's properties. As the broker's own dead-lettering does, it drops what would make the
   * copy expire or be routed elsewhere; and the user id, which the broker would check against the
   * publisher.
   */
  BasicProperties properties(BasicProperties original, Failure failure, int attempts, Instant now) {
    Map<String, Object> headers = new HashMap<>();
    if (original.getHeaders() != null) {
      headers.putAll(original.getHeaders());
    }
    headers.remove("CC");
    headers.remove("BCC");
    headers.put(REASON, failure.reason());
    headers.put(ATTEMPTS, attempts);
    headers.put(TIME, Date.from(now));
    headers.put(CONSUMER, consumer);
    headers.put(QUEUE, queue);
    headers.remove(STATUS);
    failure.status().ifPresent(status -> headers.put(STATUS, status));
    return original
        .builder()
        .headers(headers)
        .deliveryMode(PERSISTENT)
        .expiration(null)
        .userId(null)
        .build();
  }
}
