package dev.warren.operator.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Address;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.BindingChange;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.Ports;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Changes bindings by AMQP, which names a binding by its routing key and arguments as they are. The
 * management API has a name of its own for each, and cannot make one for arguments with a routing
 * key that has a "~" before its end, nor be asked for the keys "." and "..".
 */
final class AmqpBindings {

  private final List<Address> nodes;
  private final ConnectionFactory factory = new ConnectionFactory();
  private final ClientTls tls;

  /**
   * @param endpoints the broker's nodes, in the order in which they are tried
   * @param tls how the clients' port is verified
   */
  AmqpBindings(List<NodeAddress> endpoints, String username, String password, ClientTls tls) {
    this.tls = tls;
    this.nodes = endpoints.stream().map(AmqpBindings::address).toList();
    factory.setVirtualHost(BrokerDefinitions.VHOST);
    factory.setUsername(username);
    factory.setPassword(password);
    factory.setAutomaticRecoveryEnabled(false);
  }

  /**
   * Carries out a change. A binding that exists is not bound again, and one that is gone is not
   * removed.
   *
   * @throws BrokerException when the broker refuses that or does not answer
   */
  void carryOut(BindingChange change) {
    // Each node may use up two steps, to connect and to log in. Two more follow on the connection.
    int step = Math.toIntExact(change.deadline().toMillis() / (2 * nodes.size() + 2));
    factory.setConnectionTimeout(step);
    factory.setHandshakeTimeout(step);
    factory.setChannelRpcTimeout(step);
    factory.useSslProtocol(tls.context());
    try (Connection connection = factory.newConnection(nodes, "warren-operator");
        Channel channel = connection.createChannel()) {
      carryOut(change, channel);
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      boolean isGone = change instanceof Unbind && isNotFound(e);
      if (!isGone) {
        throw new BrokerException(Kind.FAILED, "It cannot be changed by AMQP either: " + e, e);
      }
    }
  }

  private static void carryOut(BindingChange change, Channel channel) throws IOException {
    Binding binding = change.binding();
    Map<String, Object> arguments = asTheManagementApi(binding.arguments());
    switch (change) {
      case Bind bind ->
          channel.queueBind(binding.queue(), binding.exchange(), binding.routingKey(), arguments);
      case Unbind unbind ->
          channel.queueUnbind(binding.queue(), binding.exchange(), binding.routingKey(), arguments);
    }
  }

  /** The types of arguments belong to a binding's identity: for the API, numbers are 64 bits. */
  private static Map<String, Object> asTheManagementApi(Map<String, Object> arguments) {
    Map<String, Object> typed = new HashMap<>();
    arguments.forEach((name, value) -> typed.put(name, asTheManagementApi(value)));
    return typed;
  }

  private static Object asTheManagementApi(Object value) {
    return switch (value) {
      case Integer number -> number.longValue();
      case List<?> values -> values.stream().map(AmqpBindings::asTheManagementApi).toList();
      case null, default -> value;
    };
  }

  private static Address address(NodeAddress endpoint) {
    return new Address(endpoint.url().getHost().replaceAll("[\\[\\]]", ""), Ports.AMQPS);
  }

  /** Whether the queue or the exchange is gone, and the binding with it. */
  private static boolean isNotFound(Exception failure) {
    Throwable cause = failure instanceof IOException ? failure.getCause() : failure;
    return cause instanceof ShutdownSignalException signal
        && signal.getReason() instanceof AMQP.Channel.Close close
        && close.getReplyCode() == AMQP.NOT_FOUND;
  }
}
