package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import dev.warren.gateway.dispatch.MessageDelivery.Settlement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageDeliveryTest {

  @ParameterizedTest
  @CsvSource({
    "503 Busy, 0, 1",
    "'503 Busy\r\nRetry-After: 6', 5000, 1",
    "503 Busy, 3600000, 3",
    "503 Busy, , 3",
    "503 Busy, soon, 3"
  })
  void attemptsEndWhenTheMessageExpires(String answer, String expiration, int attempts)
      throws Exception {
    try (RawReceiver server =
            new RawReceiver(
                (socket, connection, request) ->
                    RawReceiver.write(
                        socket, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n".formatted(answer)));
        Receiver receiver = new Receiver(delivery(server.port()), Clock.systemUTC());
        Publisher publisher = new Publisher(new NoBroker(), "test")) {
      QueuedMessage message =
          new QueuedMessage(
              "", false, new BasicProperties.Builder().expiration(expiration).build(), new byte[0]);

      Settlement settlement = messageDelivery(server.port(), receiver, publisher).deliver(message);

      assertThat(settlement).isEqualTo(Settlement.REJECT);
      assertThat(server.requests()).hasSize(attempts);
    }
  }

  private static MessageDelivery messageDelivery(int port, Receiver receiver, Publisher publisher) {
    HttpDelivery delivery = delivery(port);
    return new MessageDelivery(
        delivery,
        new EventFactory(URI.create("/q"), ContentMode.BINARY),
        receiver,
        new Backoff(delivery.retry(), RandomGenerator.getDefault()),
        new DeadLetter("notify", "q"),
        publisher,
        new DeliveryMetrics(new SimpleMeterRegistry(), "notify"),
        Clock.systemUTC());
  }

  private static HttpDelivery delivery(int port) {
    return new HttpDelivery(
        "notify",
        URI.create("http://localhost:" + port),
        Method.POST,
        5_000,
        8,
        false,
        ContentMode.BINARY,
        Redirects.REFUSE,
        new Retry(3, 10, 10_000),
        null);
  }

  private static final class NoBroker extends ConnectionFactory {

    @Override
    public Connection newConnection(ExecutorService callbacks, String name) throws IOException {
      throw new IOException("there is no broker");
    }
  }
}
