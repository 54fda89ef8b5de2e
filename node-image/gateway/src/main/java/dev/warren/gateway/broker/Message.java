package dev.warren.gateway.broker;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.nio.charset.StandardCharsets;

/**
 * A message to be published.
 *
 * @param exchange the exchange's name; empty for the default one, whose routing keys are queues
 * @param routingKey at most 255 bytes
 * @param properties with a message id
 * @param body must not be modified
 */
public record Message(String exchange, String routingKey, BasicProperties properties, byte[] body) {

  /** Of names, routing keys and most properties, in bytes of UTF-8: AMQP's short strings. */
  public static final int LONGEST_SHORT_STRING = 255;

  /** Whether a text can be a name, a routing key or a property. */
  public static boolean isShortString(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_SHORT_STRING;
  }

  /** A message for one queue. */
  public static Message toQueue(String queue, BasicProperties properties, byte[] body) {
    return new Message("", queue, properties, body);
  }
}
