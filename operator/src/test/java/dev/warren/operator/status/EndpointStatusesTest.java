package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.condition;
import static dev.warren.operator.status.StatusScene.message;
import static dev.warren.operator.status.StatusScene.queue;
import static dev.warren.operator.status.StatusScene.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.EndpointStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.EndpointType;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import dev.warren.operator.model.GatewayConfig;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/** Endpoints in the status, and the gateways that serve them. */
class EndpointStatusesTest {

  private static final String NO_GATEWAY =
      "{phase: Running, conditions: [{type: Ready, status: 'False'},"
          + " {type: ContainersReady, status: 'False'}], containerStatuses:"
          + " [{name: rabbitmq, ready: true, state: {running: {}}},"
          + " {name: gateway, ready: false, state: %s}]}";

  private final StatusScene scene = new StatusScene();

  EndpointStatusesTest() {
    scene.spec(
        "queues: [{name: hello, type: quorum}]",
        "endpoints: {requestReply: [{name: echo, port: 10000, queue: hello, framing: Raw,"
            + " timeout: 5s, maxMessageSize: 64Ki, maxConnections: 1, maxInFlight: 1,"
            + " idleTimeout: 60s}], publish: {port: 8080, timeout: 10s, maxMessageSize: 1Mi,"
            + " maxInFlight: 1, maxConnections: 1, idleTimeout: 60s}}");
    scene.gatewayRevision = GatewayConfig.revision(scene.topology.getSpec());
    scene.containers = "[{name: rabbitmq}, {name: gateway}]";
    scene.services.add(service("{name: tcp-echo, port: 10000}, {name: http-publish, port: 8080}"));
  }

  @Test
  void endpointsAreReadyWhenANodeServesThem() {
    scene.podStatus.put(0, NO_GATEWAY.formatted("{running: {}}"));
    scene.podStatus.put(1, NO_GATEWAY.formatted("{running: {}}"));

    MessageTopologyStatus status = scene.build();

    assertThat(status.endpoints())
        .containsExactly(
            new EndpointStatus(
                "echo", EndpointType.RequestReply, "orders.shop.svc:10000", true, null),
            new EndpointStatus(
                "publish", EndpointType.Publish, "orders.shop.svc:8080", true, null));
    assertThat(status.summary().endpoints()).isEqualTo("2/2");
    assertThat(message(status, "EndpointsReady")).isEqualTo("2/2 endpoints are ready");
  }

  @Test
  void endpointsThatNoNodeServesAreNotReady() {
    for (int n = 0; n < 3; n++) {
      scene.podStatus.put(n, NO_GATEWAY.formatted("{running: {}}"));
    }

    assertThat(scene.build().endpoints()).extracting(EndpointStatus::ready).containsOnly(false);
    assertThat(condition(scene.build(), "EndpointsReady").getReason())
        .isEqualTo("EndpointNotReady");
    assertThat(message(scene.build(), "EndpointsReady"))
        .isEqualTo(
            "echo: No queue node's gateway is ready; publish: No queue node's gateway is ready");
  }

  @Test
  void endpointsAreNotReadyWhileNodesHaveNoGateway() {
    scene.containers = "[{name: rabbitmq}]";

    assertThat(ready(scene.build()))
        .startsWith("False/EndpointNotReady: echo: No queue node's gateway is ready");
  }

  @Test
  void endpointsAreNotReadyWhileGatewaysLackTheirConfiguration() {
    scene.gatewayRevision = "what an earlier spec said";

    assertThat(ready(scene.build()))
        .startsWith(
            "False/EndpointNotReady: echo: The gateways do not have their configuration yet");
  }

  @Test
  void endpointsWithoutAServicePortAreNotReady() {
    scene.services.clear();
    scene.services.add(service("{name: tcp-echo, port: 10000}"));

    assertThat(ready(scene.build()))
        .isEqualTo("False/EndpointNotReady: publish: Service orders has no such port yet");
  }

  @Test
  void endpointsWhoseQueueHasNoLeaderAreNotReady() {
    scene.queues.put("hello", queue("hello", null, 3, 1, 0));

    assertThat(scene.build().endpoints())
        .extracting(EndpointStatus::ready, EndpointStatus::message)
        .containsExactly(
            tuple(false, "Its queue 'hello' does not exist or has no leader"), tuple(true, null));
  }

  /** The gateways know whether they serve. */
  @Test
  void endpointsAreReadyAlthoughTheOperatorCannotReachTheBroker() {
    scene.brokerIsSilent("no answer");

    assertThat(scene.build().endpoints()).extracting(EndpointStatus::ready).containsOnly(true);
  }

  @Test
  void aNodeThatLacksOnlyItsGatewayIsGatewayNotReady() {
    scene.podStatus.put(
        1, NO_GATEWAY.formatted("{waiting: {reason: ImagePullBackOff, message: no such image}}"));

    MessageTopologyStatus status = scene.build();

    assertThat(status.nodes().members().get(1))
        .isEqualTo(
            new NodeStatus(
                "orders-1",
                "GatewayNotReady",
                "n1",
                "RabbitMQ is ready, but the gateway beside it is not: Container gateway: no such"
                    + " image"));
    assertThat(status.summary().nodes()).isEqualTo("2/3");
    assertThat(ready(status)).startsWith("False/GatewayNotReady: 2 of 3 nodes are ready");
    assertThat(status.endpoints()).extracting(EndpointStatus::ready).containsOnly(true);
  }

  @Test
  void aNodeWhoseRabbitMqIsNotReadyIsStarting() {
    scene.podStatus.put(
        1,
        NO_GATEWAY
            .formatted("{running: {}}")
            .replace("rabbitmq, ready: true", "rabbitmq, ready: false"));

    assertThat(scene.build().nodes().members().get(1).state()).isEqualTo("Starting");
  }

  private Service service(String ports) {
    return Serialization.unmarshal(
        "kind: Service\napiVersion: v1\nmetadata: {name: orders}\nspec: {ports: [%s]}"
            .formatted(ports),
        Service.class);
  }
}
