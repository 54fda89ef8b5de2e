package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.DeadLetterTarget;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
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

/** Attempts at one message, while the broker counts on this dispatcher and afterwards. */
class MessageDeliveryTest {
  private static final QueuedMessage MESSAGE =
      new QueuedMessage(
          "key", false, new BasicProperties.Builder().messageId("m").build(), new byte[0]);

  private final AtomicBoolean held = new AtomicBoolean(true);
  private HttpDelivery delivery;
  private TestReceiver server;
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
            new Retry(5, 1, 1),
            new DeadLetterTarget("", "failed"));
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

    assertThat(deliver()).isEqualTo(Settlement.ACKNOWLEDGE);
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

    assertThat(deliver()).isEqualTo(Settlement.LEAVE);
    assertThat(server.received("m")).hasSize(1);
  }

  private Settlement deliver() throws InterruptedException {
    return new MessageDelivery(
            delivery,
            new EventFactory(EventFactory.source("/", "steps"), ContentMode.BINARY),
            receiver,
            new Backoff(delivery.retry(), RandomGenerator.getDefault()),
            new DeadLetter("notify", "steps"),
            null,
            new DeliveryMetrics(new SimpleMeterRegistry(), "notify"),
            Clock.systemUTC())
        .deliver(MESSAGE, held::get);
  }
}
