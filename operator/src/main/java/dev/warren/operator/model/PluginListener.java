package dev.warren.operator.model;

import static dev.warren.operator.model.CertificateFiles.CA;
import static dev.warren.operator.model.CertificateFiles.DOOR_CERTIFICATE;
import static dev.warren.operator.model.CertificateFiles.DOOR_KEY;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.model.RabbitConf.Setting;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A port at which a plugin of the queue nodes serves clients.
 *
 * @param name of the port in the Service and in the container, such as mqtt, or mqtt-tls
 * @param protocol Kubernetes' name of the protocol; null if it has none
 */
public record PluginListener(String name, int port, String protocol) {

  /** How the names of ports with TLS end. */
  private static final String TLS = "-tls";

  /**
   * A door of a plugin.
   *
   * @param port the port unless the configuration sets another; 0: there is none
   * @param keys the key in rabbitmq.conf whose value is a port, or that has a subkey for each
   *     listener
   * @param off the key that closes the door with the value none
   */
  private record Door(int port, String keys, String off, String protocol) {

    private static Door listeners(int port, String keys, String protocol) {
      return new Door(port, keys, keys, protocol);
    }

    private static Door web(int port, String family, String protocol) {
      return new Door(port, family + ".port", family + ".listener", protocol);
    }

    private Stream<PluginListener> listeners(String name, RabbitConf config) {
      List<Setting> set = config.family(keys).toList();
      if (config.family(off).anyMatch(line -> line.value().equals("none"))) {
        return Stream.empty();
      }
      return (set.isEmpty()
              ? Stream.of(port).filter(number -> number > 0)
              : set.stream().flatMap(PluginListener::port).distinct())
          .map(number -> new PluginListener(name, number, protocol))
          .limit(1);
    }
  }

  /**
   * A plugin that listens.
   *
   * @param enabledBy its name, and the names of plugins that enable it
   */
  private record Plugin(String name, Set<String> enabledBy, Door plain, Door tls) {

    private boolean isEnabled(NodesSpec nodes) {
      return enabledBy.stream().anyMatch(nodes.plugins()::contains);
    }

    /** RabbitMQ cannot ask for certificates at the ports for browsers. */
    private boolean hasTls(Clients clients) {
      return clients != Clients.Mutual || !isWeb();
    }

    private boolean isWeb() {
      return name.startsWith("web-");
    }

    private Stream<PluginListener> listeners(Clients clients, RabbitConf config) {
      return Stream.concat(
          clients == Clients.Optional ? plain.listeners(name, config) : Stream.empty(),
          hasTls(clients) ? tls.listeners(name + TLS, config) : Stream.empty());
    }

    /** Those of all plugins that the image has, because plugins are enabled while nodes run. */
    private Stream<String> lines(Clients clients, NodesSpec nodes) {
      // RabbitMQ's open source edition lacks this one, and refuses unknown keys.
      boolean known = tls.port() > 0 || isEnabled(nodes);
      return Stream.concat(
          known && clients != Clients.Optional ? Stream.of(plain.off() + " = none") : Stream.of(),
          hasTls(clients) && tls.port() > 0 ? tlsLines() : Stream.of());
    }

    /** The other plugins use the files of RabbitMQ's own listener. */
    private Stream<String> tlsLines() {
      return isWeb()
          ? Stream.concat(
              Stream.of(tls.keys() + " = " + tls.port()),
              NodeTls.files(
                  tls.keys().replaceFirst("\\.port$", ""), CA, DOOR_CERTIFICATE, DOOR_KEY))
          : Stream.of(tls.keys() + ".default = " + tls.port());
    }
  }

  private static final List<Plugin> PLUGINS =
      List.of(
          new Plugin(
              "stream",
              Set.of("rabbitmq_stream", "rabbitmq_stream_management"),
              Door.listeners(5552, "stream.listeners.tcp", null),
              Door.listeners(5551, "stream.listeners.ssl", null)),
          new Plugin(
              "mqtt",
              Set.of("rabbitmq_mqtt", "rabbitmq_web_mqtt", "rabbitmq_web_mqtt_examples"),
              Door.listeners(1883, "mqtt.listeners.tcp", "mqtt"),
              Door.listeners(8883, "mqtt.listeners.ssl", "secure-mqtt")),
          new Plugin(
              "stomp",
              Set.of("rabbitmq_stomp", "rabbitmq_web_stomp", "rabbitmq_web_stomp_examples"),
              Door.listeners(61613, "stomp.listeners.tcp", null),
              Door.listeners(61614, "stomp.listeners.ssl", null)),
          new Plugin(
              "web-mqtt",
              Set.of("rabbitmq_web_mqtt", "rabbitmq_web_mqtt_examples"),
              Door.web(15675, "web_mqtt.tcp", "http"),
              Door.web(15676, "web_mqtt.ssl", "https")),
          new Plugin(
              "web-stomp",
              Set.of("rabbitmq_web_stomp", "rabbitmq_web_stomp_examples"),
              Door.web(15674, "web_stomp.tcp", "http"),
              Door.web(15673, "web_stomp.ssl", "https")),
          new Plugin(
              "web-amqp",
              Set.of("rabbitmq_web_amqp"),
              Door.web(15678, "web_amqp.tcp", "http"),
              Door.web(0, "web_amqp.ssl", "https")));

  /** A port alone, or after an address. */
  private static final Pattern PORT = Pattern.compile("(?:.*:)?([0-9]{1,5})");

  /** The listeners of a topology's nodes; for a door with several, the first configured one. */
  public static List<PluginListener> of(MessageTopologySpec spec) {
    RabbitConf config = RabbitConf.of(spec.nodes().config());
    return PLUGINS.stream()
        .filter(plugin -> plugin.isEnabled(spec.nodes()))
        .flatMap(plugin -> plugin.listeners(spec.tls().clients(), config))
        .toList();
  }

  /** The lines of rabbitmq.conf that open and close the doors of plugins. */
  static Stream<String> lines(MessageTopologySpec spec) {
    return PLUGINS.stream().flatMap(plugin -> plugin.lines(spec.tls().clients(), spec.nodes()));
  }

  /** The keys of the doors without TLS. */
  static Stream<String> plainFamilies() {
    return PLUGINS.stream()
        .map(Plugin::plain)
        .map(door -> door.off().replaceFirst("\\.listener$", ""));
  }

  /** The keys of the doors with TLS for browsers. */
  static Stream<String> webFamilies() {
    return PLUGINS.stream()
        .filter(Plugin::isWeb)
        .map(plugin -> plugin.tls().off().replaceFirst("\\.listener$", ""));
  }

  private static Stream<Integer> port(Setting listener) {
    Matcher port = PORT.matcher(listener.value());
    return port.matches() ? Stream.of(Integer.valueOf(port.group(1))) : Stream.empty();
  }
}
