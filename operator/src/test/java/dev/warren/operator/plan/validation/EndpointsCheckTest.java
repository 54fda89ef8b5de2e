package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsCheckTest {

  private static final String PLUGINS =
      """
      nodes: {plugins: [rabbitmq_mqtt], config: mqtt.listeners.tcp.a = 8080}
      queues: [{name: q}]
      """;

  @Test
  void anEndpointAtThePortOfAPluginIsRefused() {
    assertThat(
            violations(
                PLUGINS
                    + "endpoints: {requestReply: [{name: a, port: 9000, queue: q},"
                    + " {name: b, port: 8080, queue: q}]}"))
        .containsExactly(
            "spec.endpoints.requestReply[1].port: is also the port of the plugin for mqtt");
    assertThat(violations(PLUGINS + "endpoints: {publish: {port: 8080}}"))
        .containsExactly("spec.endpoints.publish.port: is also the port of the plugin for mqtt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"15671", "61613"})
  void aPluginAtAUsedPortIsRefused(String port) {
    assertThat(
            violations(
                "nodes: {plugins: [rabbitmq_mqtt, rabbitmq_stomp], config: mqtt.listeners.tcp.a = "
                    + port
                    + "}"))
        .contains(
            "spec.nodes.config: the plugin for mqtt has port %s, which is already used"
                .formatted(port));
  }

  @Test
  void aNodePortOfAnUnknownPortIsRefused() {
    assertThat(
            violations(
                PLUGINS
                    + "endpoints: {service: {type: NodePort, nodePorts: {amqp: 31000, mqtt: 31001,"
                    + " tcp-a: 31002, stream: 31003}}, requestReply: [{name: a, port: 9000,"
                    + " queue: q}]}"))
        .containsExactly(
            "spec.endpoints.service.nodePorts.stream: the Service has no port of that name; it has"
                + " amqp, amqps, mqtt, mqtt-tls, tcp-a");
  }

  private static List<String> violations(String spec) {
    return SpecValidator.violations(Serialization.unmarshal(spec, MessageTopologySpec.class))
        .stream()
        .map(Violation::toString)
        .toList();
  }
}
