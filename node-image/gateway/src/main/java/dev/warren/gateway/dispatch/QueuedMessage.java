package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.Map;
import java.util.Optional;

/**
 * A message as it came from its queue.
 *
 * @param routingKey what it was published with
 */
record QueuedMessage(String routingKey, BasicProperties properties, byte[] body) {

  Map<String, Object> headers() {
    return Optional.ofNullable(properties.getHeaders()).orElse(Map.of());
  }

  /** Its name in logs. */
  String name() {
    return Optional.ofNullable(properties.getMessageId()).orElse("without message-id");
  }
}
