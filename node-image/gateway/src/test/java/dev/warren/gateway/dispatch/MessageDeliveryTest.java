package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import dev.warren.gateway.dispatch.MessageDelivery.Settlement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attempts at one message, while the broker counts on this dispatcher and afterwards. */
class MessageDeliveryTest {
  private final AtomicBoolean held = new AtomicBoolean(true);
  private TestReceiver server;
  private HttpDelivery delivery;
  private Receiver receiver;

  @BeforeEach
  void start() throws IOException {
    int port = TestReceiver.freePort();
    server = new TestReceiver(port);
    delivery =
        new HttpDelivery(
            "notify",
            URI.create("http://localhost:" + port),
            Method.POST,
            5_000,
            1,
            true,
            ContentMode.BINARY,
            Redirects.REFUSE,
            new Retry(3, 10, 10_000),
            null,
            null);
    receiver = new Receiver(delivery, Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    receiver.close();
    server.close();
  }

  @Test
  void aFailedAttemptIsFollowedByAnother() throws InterruptedException {
    server.answer("m", TestReceiver.status(503), TestReceiver.status(503));

    assertThat(deliver(null)).isEqualTo(Settlement.ACKNOWLEDGE);
    assertThat(server.received("m")).hasSize(3);
  }

  /** The broker may have given it to another dispatcher, which is further by now. */
  @Test
  void aMessageThatTheBrokerHasTakenBackIsNotAttemptedAgain() throws InterruptedException {
    server.answer(
        "m",
        exchange -> {
          held.set(false);
          TestReceiver.status(503).answer(exchange);
        });

    assertThat(deliver(null)).isEqualTo(Settlement.LEAVE);
    assertThat(server.received("m")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"0, , 1", "5000, 6, 1", "3600000, , 3", ", , 3", "soon, , 3"})
  void attemptsEndWhenTheMessageExpires(String expiration, String retryAfter, int attempts)
      throws InterruptedException {
    TestReceiver.Behaviour busy = TestReceiver.status(503);
    if (retryAfter != null) {
      busy = TestReceiver.header("Retry-After", retryAfter, busy);
    }
    server.answer("m", busy, busy, busy);

    assertThat(deliver(expiration)).isEqualTo(Settlement.REJECT);
    assertThat(server.received("m")).hasSize(attempts);
  }

  private Settlement deliver(String expiration) throws InterruptedException {
    QueuedMessage message =
        new QueuedMessage(
            "key",
            false,
            new BasicProperties.Builder().messageId("m").expiration(expiration).build(),
            new byte[0]);
    return new MessageDelivery(
            delivery,
            new EventFactory(EventFactory.source("/", "steps"), ContentMode.BINARY),
            receiver,
            new Backoff(delivery.retry(), RandomGenerator.getDefault()),
            new DeadLetter("notify", "steps"),
            null,
            new DeliveryMetrics(new SimpleMeterRegistry(), "notify"),
            new LastAttempts(),
            Clock.systemUTC())
        .deliver(message, held::get);
  }
}
