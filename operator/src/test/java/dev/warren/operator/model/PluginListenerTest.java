package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

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
        "plugins: [rabbitmq_stream]                           | stream 5552",
        "plugins: [rabbitmq_stream_management]                | stream 5552",
        "plugins: [rabbitmq_mqtt, rabbitmq_stream]            | stream 5552, mqtt 1883",
        "plugins: [rabbitmq_stomp]                            | stomp 61613",
        "plugins: [rabbitmq_web_mqtt]                         | mqtt 1883, web-mqtt 15675",
        "plugins: [rabbitmq_web_stomp]                        | stomp 61613, web-stomp 15674",
        "plugins: [rabbitmq_web_amqp]                         | web-amqp 15678",
      })
  void aListeningPluginHasItsPort(String nodes, String ports) {
    assertThat(ports(nodes)).isEqualTo(ports == null ? "" : ports);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "mqtt.listeners.tcp.default = 1884                    | mqtt 1884, web-mqtt 15675",
        "mqtt.listeners.tcp.a = :::1884                       | mqtt 1884, web-mqtt 15675",
        "mqtt.listeners.tcp.a = 0.0.0.0:1884                  | mqtt 1884, web-mqtt 15675",
        "mqtt.listeners.tcp = none                            | web-mqtt 15675",
        "web_mqtt.tcp.port = 8000                             | mqtt 1883, web-mqtt 8000",
        "web_mqtt.tcp.listener = none                         | mqtt 1883",
        "mqtt.listeners.ssl.default = 8883                    | mqtt 1883, web-mqtt 15675",
        "mqtt.listeners.tcp.a = $(PORT)                       | web-mqtt 15675",
      })
  void theConfigurationChangesThePort(String line, String ports) {
    assertThat(ports("plugins: [rabbitmq_web_mqtt]\nconfig: '" + line + "'")).isEqualTo(ports);
  }

  private static String ports(String nodes) {
    return PluginListener.of(NodesSpecs.of(nodes)).stream()
        .map(listener -> listener.name() + " " + listener.port())
        .collect(Collectors.joining(", "));
  }
}
