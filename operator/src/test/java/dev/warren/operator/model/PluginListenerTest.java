package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.TlsSpec.Clients;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginListenerTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "plugins: []                                          |",
        "plugins: [rabbitmq_shovel]                           |",
        "plugins: [rabbitmq_stream]            | stream 5552, stream-tls 5551",
        "plugins: [rabbitmq_stream_management] | stream 5552, stream-tls 5551",
        "plugins: [rabbitmq_mqtt, rabbitmq_stream] | stream 5552, stream-tls 5551, mqtt 1883, mqtt-tls 8883",
        "plugins: [rabbitmq_stomp]             | stomp 61613, stomp-tls 61614",
        "plugins: [rabbitmq_web_mqtt]  | mqtt 1883, mqtt-tls 8883, web-mqtt 15675, web-mqtt-tls 15676",
        "plugins: [rabbitmq_web_stomp] | stomp 61613, stomp-tls 61614, web-stomp 15674, web-stomp-tls 15673",
        "plugins: [rabbitmq_web_amqp]          | web-amqp 15678",
      })
  void aListeningPluginHasItsPorts(String nodes, String ports) {
    assertThat(ports(nodes, Clients.Optional)).isEqualTo(ports == null ? "" : ports);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Required, 'mqtt-tls 8883, web-mqtt-tls 15676'",
    "Mutual, mqtt-tls 8883",
  })
  void theWayInWhichClientsConnectClosesPorts(Clients clients, String ports) {
    assertThat(ports("plugins: [rabbitmq_web_mqtt, rabbitmq_web_amqp]", clients)).isEqualTo(ports);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "mqtt.listeners.tcp.default = 1884    | mqtt 1884, mqtt-tls 8883, web-mqtt 15675, web-mqtt-tls 15676",
        "mqtt.listeners.tcp.a = :::1884       | mqtt 1884, mqtt-tls 8883, web-mqtt 15675, web-mqtt-tls 15676",
        "mqtt.listeners.tcp.a = 0.0.0.0:1884  | mqtt 1884, mqtt-tls 8883, web-mqtt 15675, web-mqtt-tls 15676",
        "mqtt.listeners.tcp = none            | mqtt-tls 8883, web-mqtt 15675, web-mqtt-tls 15676",
        "web_mqtt.tcp.port = 8000             | mqtt 1883, mqtt-tls 8883, web-mqtt 8000, web-mqtt-tls 15676",
        "web_mqtt.tcp.listener = none         | mqtt 1883, mqtt-tls 8883, web-mqtt-tls 15676",
        "mqtt.listeners.ssl.default = 8884    | mqtt 1883, mqtt-tls 8884, web-mqtt 15675, web-mqtt-tls 15676",
        "mqtt.listeners.ssl = none            | mqtt 1883, web-mqtt 15675, web-mqtt-tls 15676",
        "web_mqtt.ssl.port = 8443             | mqtt 1883, mqtt-tls 8883, web-mqtt 15675, web-mqtt-tls 8443",
        "mqtt.listeners.tcp.a = $(PORT)       | mqtt-tls 8883, web-mqtt 15675, web-mqtt-tls 15676",
      })
  void theConfigurationChangesThePort(String line, String ports) {
    assertThat(ports("plugins: [rabbitmq_web_mqtt]\nconfig: '" + line + "'", Clients.Optional))
        .isEqualTo(ports);
  }

  private static String ports(String nodes, Clients clients) {
    return PluginListener.of(NodesSpecs.topology(nodes, clients)).stream()
        .map(listener -> listener.name() + " " + listener.port())
        .collect(Collectors.joining(", "));
  }
}
