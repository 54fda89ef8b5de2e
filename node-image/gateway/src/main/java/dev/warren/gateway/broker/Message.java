package dev.warren.gateway.broker;

import com.rabbitmq.client.AMQP.BasicProperties;

/**
 * A message on its way to the broker.
 *
 * @param exchange the exchange's name; empty for the default one, whose routing keys are queues
 * @param routingKey at most 255 bytes
 * @param properties with a message id
 * @param body not changed by anybody from now on
 */
public record Message(String exchange, String routingKey, BasicProperties properties, byte[] body) {

  /** A message for one queue. */
  public static Message toQueue(String queue, BasicProperties properties, byte[] body) {
    return new Message("", queue, properties, body);
  }
}
