package dev.warren.gateway.dispatch;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.NoOpMetricsCollector;
import io.smallrye.reactive.messaging.ClientCustomizer;
import io.vertx.rabbitmq.RabbitMQOptions;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.config.Config;

/**
 * Knows the broker's channel by which messages come, which the connector keeps to itself. A message
 * can be settled on the channel that it came by and on no other; when that is lost, the broker
 * delivers the message again.
 */
@ApplicationScoped
public class ConsumerChannel implements ClientCustomizer<RabbitMQOptions> {
  private volatile Connection connection;
  private volatile Channel channel;
  private volatile boolean consuming;

  @Override
  public RabbitMQOptions customize(String name, Config config, RabbitMQOptions options) {
    return options.setMetricsCollector(new Watch());
  }

  /** The channel by which the last messages came; null when it is closed. */
  Channel current() {
    Channel last = channel;
    return last != null && last.isOpen() ? last : null;
  }

  /** Whether messages can come. */
  boolean isConsuming() {
    return consuming && current() != null;
  }

  /** Whether there is a connection, but no message will ever come by it. */
  boolean isStuck() {
    Connection last = connection;
    return last != null && last.isOpen() && !isConsuming();
  }

  /**
   * The client tells it what becomes of connections, channels and consumers; counting is not the
   * point.
   */
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
