package dev.warren.gateway.broker;

import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.config.BrokerAddress;
import java.time.Duration;

/** How the broker is connected to. */
public final class Connections {

  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration TO_CONNECT = Duration.ofSeconds(5);
  private static final Duration TO_ANSWER = Duration.ofSeconds(10);

  private Connections() {}

  /** Makes connections to this broker. */
  public static ConnectionFactory to(BrokerAddress broker) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(broker.host());
    factory.setPort(broker.port());
    factory.setVirtualHost(broker.vhost());
    factory.setUsername(broker.username());
    factory.setPassword(broker.password());
    factory.setRequestedHeartbeat((int) HEARTBEAT.toSeconds());
    factory.setConnectionTimeout((int) TO_CONNECT.toMillis());
    factory.setHandshakeTimeout((int) TO_CONNECT.toMillis());
    factory.setChannelRpcTimeout((int) TO_ANSWER.toMillis());
    BrokerTls.of(broker)
        .ifPresent(
            tls -> {
              factory.setSslContextFactory(connection -> tls.context());
              factory.enableHostnameVerification();
            });
    return factory;
  }
}
