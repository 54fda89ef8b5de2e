package dev.warren.gateway.dispatch;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.NoOpMetricsCollector;
import dev.warren.gateway.broker.BrokerTls;
import dev.warren.gateway.config.BrokerAddress;
import io.smallrye.reactive.messaging.ClientCustomizer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.rabbitmq.RabbitMQOptions;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.config.Config;

/**
 * Knows the channel that messages arrive on, which the connector does not expose. A message can
 * only be settled on the channel that it arrived on; if that is lost, the broker redelivers the
 * message.
 */
@ApplicationScoped
public class ConsumerChannel implements ClientCustomizer<RabbitMQOptions> {
  private static final int TO_CLOSE_MILLIS = 5_000;

  private final BrokerAddress broker;
  private volatile Connection connection;
  private volatile Channel channel;
  private volatile boolean consuming;

  ConsumerChannel(BrokerAddress broker) {
    this.broker = broker;
  }

  @Override
  public RabbitMQOptions customize(String name, Config config, RabbitMQOptions options) {
    BrokerTls.of(broker).ifPresent(tls -> encrypt(options, tls));
    return options.setMetricsCollector(new Watch());
  }

  private static void encrypt(RabbitMQOptions options, BrokerTls tls) {
    options.setSsl(true).setTrustOptions(TrustOptions.wrap(tls.trust()));
    tls.own().ifPresent(own -> options.setKeyCertOptions(KeyCertOptions.wrap(own)));
  }

  /** The channel that the last messages arrived on; null when it is closed. */
  Channel current() {
    Channel last = channel;
    return last != null && last.isOpen() ? last : null;
  }

  /** Whether messages can arrive. */
  boolean isConsuming() {
    return consuming && current() != null;
  }

  /** Whether there is a connection on which no message will ever arrive. */
  boolean isStuck() {
    Connection last = connection;
    return last != null && last.isOpen() && !isConsuming();
  }

  /**
   * Ends the connection. The broker takes back what is not settled and turns to the next consumer
   * in one step. After a mere end of the consumption it would turn to that one first, and the
   * message taken back later would come after those behind it.
   */
  void leave() {
    Connection last = connection;
    if (last != null) {
      last.abort(TO_CLOSE_MILLIS);
    }
  }

  /** The client reports connections, channels and consumers here. Nothing is counted. */
  private final class Watch extends NoOpMetricsCollector {
    @Override
    public void newConnection(Connection opened) {
      connection = opened;
    }

    @Override
    public void basicConsume(Channel by, String consumerTag, boolean autoAck) {
      channel = by;
      consuming = true;
    }

    @Override
    public void basicCancel(Channel by, String consumerTag) {
      consuming = false;
    }
  }
}
