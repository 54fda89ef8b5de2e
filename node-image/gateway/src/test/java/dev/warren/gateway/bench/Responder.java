package dev.warren.gateway.bench;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Answers each request in a queue with its own bytes. */
final class Responder {

  private static final int PREFETCH = 1000;

  private final Connection connection;

  Responder(ConnectionFactory factory, String queue) throws IOException, TimeoutException {
    connection = factory.newConnection("bench-responder");
    Channel channel = connection.createChannel();
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        queue,
        false,
        (tag, request) -> {
          BasicProperties properties =
              new BasicProperties.Builder()
                  .correlationId(request.getProperties().getCorrelationId())
                  .build();
          channel.basicPublish(
              "", request.getProperties().getReplyTo(), properties, request.getBody());
          channel.basicAck(request.getEnvelope().getDeliveryTag(), false);
        },
        tag -> {});
  }

  void close() {
    connection.abort();
  }
}
