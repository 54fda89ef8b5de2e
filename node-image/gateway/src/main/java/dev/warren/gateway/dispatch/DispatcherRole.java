package dev.warren.gateway.dispatch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.gateway.Role;
import dev.warren.gateway.broker.Connections;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.config.BrokerAddress;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Starts and stops the dispatcher in a process with that role. */
@ApplicationScoped
public class DispatcherRole {
  /** The channel, as application.properties configures it. */
  static final String CHANNEL = "deliveries";

  // For an attempt that was running at the stop, to send its answer or its dead letter.
  private static final Duration SETTLING = Duration.ofSeconds(5);

  private final BrokerAddress broker;
  private final Optional<String> queue;
  private final Optional<String> httpDelivery;
  private final ConsumerChannel channel;
  private final ObjectMapper json;
  private final MeterRegistry metrics;
  private final Instance<Multi<Message<byte[]>>> messages;
  private final LastAttempts lastAttempts = new LastAttempts();

  private volatile HttpDelivery delivery;
  private Dispatcher dispatcher;
  private Receiver receiver;
  private Publisher publisher;
  private AwaitedQueue awaitedQueue;

  DispatcherRole(
      BrokerAddress broker,
      ConsumedQueue queue,
      @ConfigProperty(name = "warren.http.delivery") Optional<String> httpDelivery,
      ConsumerChannel channel,
      ObjectMapper json,
      MeterRegistry metrics,
      @Channel(CHANNEL) Instance<Multi<Message<byte[]>>> messages) {
    this.broker = broker;
    this.queue = queue.queue();
    this.httpDelivery = httpDelivery;
    this.channel = channel;
    this.json = json;
    this.metrics = metrics;
    this.messages = messages;
  }

  void start(@Observes StartupEvent event, @ConfigProperty(name = "warren.role") Role role) {
    if (role != Role.DISPATCHER) {
      return;
    }
    delivery = delivery();
    receiver = new Receiver(delivery, Clock.systemUTC());
    publisher =
        new Publisher(Connections.to(broker), delivery.consumer() + " (dead letters, answers)");
    // A new process recovers better than this one, and at once.
    dispatcher = dispatcher(() -> Quarkus.asyncExit(1));
    awaitedQueue = new AwaitedQueue(Connections.to(broker), queue.orElseThrow());
    awaitedQueue.whenThere(() -> dispatcher.start(messages.get()));
  }

  /** Lets the operator learn how deliveries go. */
  void addLastAttemptsRoute(@Observes Router router) {
    new LastAttemptsHandler(
            () -> Optional.ofNullable(delivery).map(HttpDelivery::shownUrl), lastAttempts)
        .addTo(router);
  }

  void stop(@Observes ShutdownEvent event) {
    if (dispatcher != null) {
      awaitedQueue.giveUp();
      dispatcher.stop(delivery.timeout().plus(SETTLING));
      receiver.close();
      publisher.close();
    }
  }

  private Dispatcher dispatcher(Runnable whenEnded) {
    DeliveryMetrics counters = new DeliveryMetrics(metrics, delivery.consumer());
    MessageDelivery messageDelivery =
        new MessageDelivery(
            delivery,
            new EventFactory(
                EventFactory.source(broker.vhost(), queue.orElseThrow()), delivery.sentAs()),
            receiver,
            new Backoff(delivery.retry(), RandomGenerator.getDefault()),
            new DeadLetter(delivery.consumer(), queue.orElseThrow()),
            publisher,
            counters,
            lastAttempts,
            Clock.systemUTC());
    return new Dispatcher(
        channel, messageDelivery, counters, delivery.atATime(), delivery.ordered(), whenEnded);
  }

  private HttpDelivery delivery() {
    try {
      return json.readValue(httpDelivery.orElseThrow(), HttpDelivery.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("WARREN_HTTP_DELIVERY: " + e.getOriginalMessage(), e);
    }
  }
}
