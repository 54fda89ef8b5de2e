package dev.warren.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.broker.BrokerFailure;
import dev.warren.gateway.broker.BrokerFailure.Kind;
import dev.warren.gateway.broker.Message;
import dev.warren.gateway.broker.Publisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The result of each publication, with a real RabbitMQ. */
class PublisherIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static TestBroker broker;
  private Publisher publisher;

  @BeforeAll
  static void declare() throws Exception {
    broker = new TestBroker("gateway-publisher");
    broker.declareQueue("hello");
  }

  @AfterAll
  static void remove() throws Exception {
    broker.remove();
  }

  @BeforeEach
  void connect() {
    publisher = new Publisher(broker.factory(), "test");
    await().until(publisher::isConnected);
  }

  @AfterEach
  void close() {
    publisher.close();
  }

  @Test
  void anInvalidMessageIsRefusedAndDoesNotTakeTheConfirmOfAnother() {
    publish("hello", "a").join();

    assertThat(failure(publish("hello", "a".repeat(256))).kind()).isEqualTo(Kind.REFUSED);

    // With wrong numbers each would get the confirm of another, or none.
    publish("hello", "b").join();
    assertThat(failure(publish("missing", "c")).kind()).isEqualTo(Kind.UNROUTABLE);
    publish("hello", "d").join();
  }

  @Test
  void onlyTheInvalidMessageOfManyIsRefused() {
    publish("hello", "first").join();
    List<CompletableFuture<Void>> published = new ArrayList<>();
    IntStream.range(0, 1000)
        .mapToObj(n -> publish("hello", n == 500 ? "x".repeat(256) : "m"))
        .forEach(published::add);

    for (int n = 0; n < published.size(); n++) {
      if (n == 500) {
        assertThat(failure(published.get(n)).kind()).isEqualTo(Kind.REFUSED);
      } else if (!isConfirmed(published.get(n))) {
        assertThat(failure(published.get(n)).kind())
            .as("what the channel was closed under may be tried again")
            .isEqualTo(Kind.UNAVAILABLE);
      }
    }
    publish("hello", "last").join();
  }

  @Test
  void aWaiterIsNotifiedOfTheMessageInItsQueue() {
    CompletableFuture<String> first = publisher.firstArrival(Set.of("hello", "missing"));

    assertThat(failure(publish("missing", "a")).kind()).isEqualTo(Kind.UNROUTABLE);
    assertThat(first).isNotDone();
    publish("hello", "b").join();

    assertThat(first).succeedsWithin(TIMEOUT).isEqualTo("hello");
  }

  @Test
  void atMostTwentyMayWait() {
    List<CompletableFuture<String>> waiting =
        IntStream.range(0, 20).mapToObj(n -> publisher.firstArrival(Set.of("hello"))).toList();
    assertThat(failure(publisher.firstArrival(Set.of("hello"))).kind()).isEqualTo(Kind.OVERLOADED);

    waiting.getFirst().cancel(false);

    assertThat(publisher.firstArrival(Set.of("hello"))).isNotDone();
  }

  private CompletableFuture<Void> publish(String queue, String correlationId) {
    BasicProperties properties =
        new BasicProperties.Builder().messageId("m").correlationId(correlationId).build();
    return publisher.publish(Message.toQueue(queue, properties, new byte[1]), TIMEOUT);
  }

  private static boolean isConfirmed(CompletableFuture<?> outcome) {
    return outcome.handle((done, failure) -> failure == null).join();
  }

  private static BrokerFailure failure(CompletableFuture<?> outcome) {
    return outcome
        .handle(
            (done, failure) -> {
              assertThat(failure).as("a failure").isNotNull();
              return BrokerFailure.of(failure);
            })
        .join();
  }
}
