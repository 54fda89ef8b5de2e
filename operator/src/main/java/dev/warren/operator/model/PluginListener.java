package dev.warren.operator.model;

import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.operator.model.RabbitConf.Setting;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A port at which a plugin of the queue nodes serves clients.
 *
 * @param name of the port in the Service and in the container, such as mqtt
 * @param protocol Kubernetes' name of the protocol; null if it has none
 */
public record PluginListener(String name, int port, String protocol) {

  /**
   * A plugin that listens.
   *
   * @param enabledBy its name, and the names of plugins that enable it
   * @param port the port unless the configuration sets another
   * @param keys the key in rabbitmq.conf whose value is a port, or that has a subkey for each
   *     listener
   * @param off the key that turns the listener off with the value none
   */
  private record Plugin(
      String name, Set<String> enabledBy, int port, String keys, String off, String protocol) {

    private Stream<PluginListener> listeners(RabbitConf config) {
      List<Setting> set = config.family(keys).toList();
      if (config.family(off).anyMatch(line -> line.value().equals("none"))) {
        return Stream.empty();
      }
      return set.isEmpty()
          ? Stream.of(new PluginListener(name, port, protocol))
          : set.stream().flatMap(PluginListener::port).distinct().map(this::at);
    }

    private PluginListener at(int configured) {
      return new PluginListener(name, configured, protocol);
    }
  }

  private static final List<Plugin> PLUGINS =
      List.of(
          new Plugin(
              "stream",
              Set.of("rabbitmq_stream", "rabbitmq_stream_management"),
              5552,
              "stream.listeners.tcp",
              "stream.listeners.tcp",
              null),
          new Plugin(
              "mqtt",
              Set.of("rabbitmq_mqtt", "rabbitmq_web_mqtt", "rabbitmq_web_mqtt_examples"),
              1883,
              "mqtt.listeners.tcp",
              "mqtt.listeners.tcp",
              "mqtt"),
          new Plugin(
              "stomp",
              Set.of("rabbitmq_stomp", "rabbitmq_web_stomp", "rabbitmq_web_stomp_examples"),
              61613,
              "stomp.listeners.tcp",
              "stomp.listeners.tcp",
              null),
          new Plugin(
              "web-mqtt",
              Set.of("rabbitmq_web_mqtt", "rabbitmq_web_mqtt_examples"),
              15675,
              "web_mqtt.tcp.port",
              "web_mqtt.tcp.listener",
              "http"),
          new Plugin(
              "web-stomp",
              Set.of("rabbitmq_web_stomp", "rabbitmq_web_stomp_examples"),
              15674,
              "web_stomp.tcp.port",
              "web_stomp.tcp.listener",
              "http"),
          new Plugin(
              "web-amqp",
              Set.of("rabbitmq_web_amqp"),
              15678,
              "web_amqp.tcp.port",
              "web_amqp.tcp.listener",
              "http"));

  /** A port alone, or after an address. */
  private static final Pattern PORT = Pattern.compile("(?:.*:)?([0-9]{1,5})");

  /** The listeners of a topology's nodes; for a plugin with several, the first configured one. */
  public static List<PluginListener> of(NodesSpec nodes) {
    RabbitConf config = RabbitConf.of(nodes.config());
    return PLUGINS.stream()
        .filter(plugin -> plugin.enabledBy().stream().anyMatch(nodes.plugins()::contains))
        .flatMap(plugin -> plugin.listeners(config).limit(1))
        .toList();
  }

  private static Stream<Integer> port(Setting listener) {
    Matcher port = PORT.matcher(listener.value());
    return port.matches() ? Stream.of(Integer.valueOf(port.group(1))) : Stream.empty();
  }
}
