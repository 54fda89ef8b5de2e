package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.EndMove;
import dev.warren.operator.action.BrokerAction.KeepClientsOut;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemovePolicy;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.broker.QueueContents.Counted;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Move;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queues are recreated in a real RabbitMQ, which {@code make test-node} starts. */
class QueueRecreationIT {

  private static final String QUEUE = "renewed 'é";
  private static final String SHELTER = "shelter of renewed";
  private static final Binding BINDING = new Binding("amq.topic", QUEUE, "renewed", Map.of());
  private static final Policy POLICY =
      new Policy("renewed", "^renewed", "quorum_queues", 1, Map.of("max-length", 1_000_000L));
  private static final StartMove EMPTYING = new StartMove(SHELTER, new Move(QUEUE, SHELTER));
  private static final Duration COUNTED = Duration.ofSeconds(20);

  private final BrokerClient broker = RealBroker.client();

  @AfterEach
  void remove() {
    broker.apply(new LetClientsIn());
    broker.apply(new EndMove(SHELTER));
    broker.apply(new RemoveQueue(QUEUE, false));
    broker.apply(new RemoveQueue(SHELTER, false));
    broker.apply(new RemovePolicy(POLICY.name()));
  }

  @Test
  void noConfirmedMessageIsLostWhileItIsPublishedTo() throws Exception {
    broker.apply(new DeclareQueue(new Queue(QUEUE, "classic", Map.of())));
    broker.apply(new Bind(BINDING));
    broker.apply(new DeclareQueue(new Queue(SHELTER, "quorum", Map.of())));
    try (PublishingClient client = new PublishingClient()) {
      await().until(() -> client.confirmed.size() > 1000);
      await("the counts are there").atMost(COUNTED).until(() -> messages(QUEUE) > 0);

      broker.apply(EMPTYING);
      assertThat(observed().moves()).containsEntry(SHELTER, new Move(QUEUE, SHELTER));
      // It could not connect while clients are kept out.
      await("it has begun").atMost(COUNTED).until(() -> messages(SHELTER) > 0);
      assertThat(observed().runningMoves()).containsExactly(SHELTER);
      Queue wanted = new Queue(QUEUE, "quorum", Map.of());
      broker.apply(new RecreateQueue(wanted, Optional.of(POLICY), Set.of(BINDING), EMPTYING));

      assertThat(observed().definitions().queues()).containsEntry(QUEUE, wanted);
      assertThat(observed().definitions().bindings()).contains(BINDING);
      assertThat(observed().definitions().policies()).containsEntry(POLICY.name(), POLICY);
      assertThat(observed().moves()).doesNotContainKey(SHELTER);
      assertThat(observed().closed()).isFalse();
      int before = client.confirmed.size();
      await("the client continues").until(() -> client.confirmed.size() > before + 100);
      broker.apply(new StartMove(SHELTER, new Move(SHELTER, QUEUE)));
      await("all is back").atMost(COUNTED).until(() -> messages(SHELTER) == 0);
      client.stop();
      broker.apply(new EndMove(SHELTER));
      broker.apply(new RemoveQueue(SHELTER, true));

      Set<String> there = all();
      assertThat(there).containsAll(client.confirmed);
    }
  }

  @Test
  void nobodyConnectsUntilClientsAreLetIn() throws Exception {
    broker.apply(new KeepClientsOut());

    assertThat(observed().closed()).isTrue();
    assertThatThrownBy(() -> factory().newConnection()).isInstanceOf(IOException.class);
    broker.apply(new LetClientsIn());
    assertThat(observed().closed()).isFalse();
    factory().newConnection().close();
  }

  @Test
  void aQueueThatDoesNotBecomeEmptyStaysAndClientsAreLetIn() {
    broker.apply(new DeclareQueue(new Queue(QUEUE, "classic", Map.of())));
    TestClock clock = new TestClock();
    AtomicLong left = new AtomicLong(1000);
    QueueRecreation recreation =
        new QueueRecreation(
            broker::apply,
            queue -> {
              clock.advance(Duration.ofSeconds(11));
              return new Counted(left.get(), left.getAndDecrement(), 0);
            },
            clock,
            clock::advance);

    assertThatThrownBy(
            () ->
                recreation.carryOut(
                    new RecreateQueue(
                        new Queue(QUEUE, "quorum", Map.of()),
                        Optional.empty(),
                        Set.of(),
                        EMPTYING)))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("did not become empty");

    assertThat(observed().definitions().queues().get(QUEUE).type()).isEqualTo("classic");
    assertThat(observed().closed()).isFalse();
  }

  /** The count is some seconds old, but zero only when the queue is empty. */
  private long messages(String queue) {
    QueueState state = observed().queues().get(queue);
    return state == null
        ? 0
        : state.messages().map(known -> known.ready() + known.unacknowledged()).orElse(-1L);
  }

  private static Set<String> all() throws Exception {
    Set<String> bodies = new HashSet<>();
    try (Connection connection = factory().newConnection()) {
      Channel channel = connection.createChannel();
      GetResponse message = channel.basicGet(QUEUE, true);
      while (message != null) {
        bodies.add(new String(message.getBody()));
        message = channel.basicGet(QUEUE, true);
      }
    }
    return bodies;
  }

  /** Publishes numbers, by the queue's name and by its binding in turn, and reconnects. */
  private static final class PublishingClient implements AutoCloseable {

    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final Thread thread = Thread.ofPlatform().start(this::run);
    private volatile boolean stopped;

    private void run() {
      int number = 0;
      while (!stopped) {
        try (Connection connection = factory().newConnection()) {
          Channel channel = connection.createChannel();
          channel.confirmSelect();
          while (!stopped) {
            String body = String.valueOf(number++);
            boolean direct = number % 2 == 0;
            channel.basicPublish(
                direct ? "" : "amq.topic",
                direct ? QUEUE : "renewed",
                MessageProperties.PERSISTENT_BASIC,
                body.getBytes());
            channel.waitForConfirmsOrDie(5000);
            confirmed.add(body);
          }
        } catch (IOException | TimeoutException | InterruptedException | RuntimeException e) {
          // It was disconnected, and reconnects.
        }
      }
    }

    @Override
    public void close() {
      stop();
    }

    void stop() {
      stopped = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(RealBroker.URL.getHost());
    factory.setUsername(RealBroker.USER);
    factory.setPassword(RealBroker.PASSWORD);
    factory.setAutomaticRecoveryEnabled(false);
    return factory;
  }

  private Reachable observed() {
    return (Reachable) broker.observe();
  }
}
