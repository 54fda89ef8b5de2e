package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A message as it came from its queue.
 *
 * @param routingKey what it was published with
 * @param redelivered whether the broker may have delivered it before
 */
record QueuedMessage(
    String routingKey, boolean redelivered, BasicProperties properties, byte[] body) {

  private static final String DELIVERY_COUNT = "x-delivery-count";

  Map<String, Object> headers() {
    return Optional.ofNullable(properties.getHeaders()).orElse(Map.of());
  }

  /** How often its delivery has failed, as the broker counts; empty if it does not count. */
  Optional<Number> deliveryCount() {
    return headers().get(DELIVERY_COUNT) instanceof Number count
        ? Optional.of(count)
        : Optional.empty();
  }

  /** Whether the header of this name is that count. */
  boolean isDeliveryCount(String header) {
    return header.equals(DELIVERY_COUNT) && deliveryCount().isPresent();
  }

  /**
   * When it expires, if it does. The broker counts from when a message enters its queue, which only
   * the broker knows.
   *
   * @param received when it arrived here
   */
  Optional<Instant> expiry(Instant received) {
    return Optional.ofNullable(properties.getExpiration())
        .filter(millis -> millis.matches("\\d{1,15}"))
        .map(millis -> received.plusMillis(Long.parseLong(millis)));
  }

  /** Its name in logs, in which it must not end a line. */
  String name() {
    return Optional.ofNullable(properties.getMessageId())
        .map(id -> id.replaceAll("\\p{Cntrl}", "?"))
        .orElse("without message-id");
  }
}
