package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a change of the endpoints reaches the nodes. */
class GatewayRolloutTest {

  private static final String QUEUES = "queues: [{name: echo, type: quorum}]\n";

  private static final String ECHO =
      "{name: echo, port: 10000, queue: echo, framing: Raw, timeout: 5s, maxMessageSize: 64Ki,"
          + " maxConnections: 1000, maxInFlight: 1000, idleTimeout: 60s}";

  private static final String PUBLISH =
      "publish: {port: 8080, timeout: 10s, maxMessageSize: 1Mi, maxInFlight: 1000,"
          + " maxConnections: 1000, maxConnectionsPerClient: 10, idleTimeout: 60s,"
          + " proxyProtocol: true, allowedOrigins: ['https://a.example']}";

  private static final MessageTopologySpec WITHOUT = Specs.of(3, "", QUEUES);
  private static final MessageTopologySpec WITH =
      Specs.of(3, "", QUEUES + "endpoints: {requestReply: [" + ECHO + "]}");
  private static final MessageTopologySpec WITH_BOTH =
      Specs.of(
          3,
          "",
          "exchanges: [{name: events, type: topic}]\n"
              + QUEUES
              + "endpoints: {requestReply: ["
              + ECHO
              + "], "
              + PUBLISH
              + "}");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void theFirstEndpointAddsAGatewayToOneNodeAfterTheOther() {
    cluster.converge(WITHOUT);
    cluster.startNodesSlowly(1);
    cluster.guardMajority();

    cluster.converge(WITH);

    assertThat(containers()).containsOnly(List.of("rabbitmq", "gateway"));
  }

  @Test
  void theLastEndpointEmptiesTheConfigurationAndThenRemovesTheGateways() {
    cluster.converge(WITH_BOTH);
    cluster.startNodesSlowly(1);
    cluster.guardMajority();

    cluster.carryOut(cluster.plan(WITHOUT), Integer.MAX_VALUE);
    assertThat(gatewayJson())
        .isEqualTo(json("{'requestReply': [], 'queues': [], 'exchanges': []}"));
    assertThat(containers()).contains(List.of("rabbitmq", "gateway"));

    cluster.converge(WITHOUT);
    assertThat(containers()).containsOnly(List.of("rabbitmq"));
    assertThat(servicePorts()).containsExactly(5672, 5671);
  }

  @Test
  void theConfigMapHasTheGatewaysConfiguration() {
    cluster.converge(WITH_BOTH);

    assertThat(gatewayJson())
        .isEqualTo(
            json(
                """
                {'requestReply': [{'name': 'echo', 'port': 10000, 'queue': 'echo', 'framing': 'Raw',
                   'timeoutMillis': 5000, 'maxMessageBytes': 65536, 'maxConnections': 1000,
                   'maxConnectionsPerClient': 750, 'maxInFlight': 1000, 'idleTimeoutMillis': 60000,
                   'proxyProtocol': false}],
                 'publish': {'port': 8080, 'timeoutMillis': 10000, 'maxMessageBytes': 1048576,
                   'maxInFlight': 1000, 'maxConnections': 1000, 'maxConnectionsPerClient': 10,
                   'idleTimeoutMillis': 60000, 'proxyProtocol': true,
                   'allowedOrigins': ['https://a.example']},
                 'queues': ['echo'], 'exchanges': ['events']}
                """));
    assertThat(servicePorts()).containsExactly(5672, 5671, 10000, 8080);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // one more queue, one more endpoint, another limit, a Service that is open to all
        "queues: [{name: echo, type: quorum}, {name: other, type: quorum}]\n"
            + "endpoints: {requestReply: ["
            + ECHO
            + "], "
            + PUBLISH
            + "}",
        "queues: [{name: echo, type: quorum}]\n"
            + "endpoints: {requestReply: ["
            + ECHO
            + ", {name: second, port: 10001, queue: echo,"
            + " framing: Line, timeout: 1s, maxMessageSize: 1Ki, maxConnections: 1, maxInFlight: 1,"
            + " idleTimeout: 1s}]}",
        "queues: [{name: echo, type: quorum}]\nendpoints: {" + PUBLISH + "}",
        "queues: [{name: echo, type: quorum}]\n"
            + "endpoints: {service: {type: LoadBalancer, annotations: {a: b}}, requestReply: ["
            + ECHO
            + "]}"
      })
  void noOtherChangeReplacesAPod(String changed) {
    cluster.converge(WITH);
    Map<String, String> before = podIds();

    cluster.converge(Specs.of(3, "", changed));

    assertThat(podIds()).isEqualTo(before);
  }

  @Test
  void thePortOfAPluginIsAddedAndRemovedWithItAndReplacesNoPod() {
    cluster.converge(WITHOUT);
    Map<String, String> before = podIds();

    cluster.converge(Specs.of(3, "plugins: [rabbitmq_web_mqtt]", QUEUES));
    assertThat(servicePorts()).containsExactly(5672, 5671, 1883, 8883, 15675, 15676);

    cluster.converge(WITHOUT);
    assertThat(servicePorts()).containsExactly(5672, 5671);
    assertThat(podIds()).isEqualTo(before);
  }

  @Test
  void eachPodIsMarkedWhenTheConfigMapChangesSoThatItsKubeletReadsIt() {
    cluster.converge(WITH);
    ReconcilePlan first = cluster.plan(WITH_BOTH);
    assertThat(first.support())
        .extracting(action -> action.object().getMetadata().getName())
        .contains("orders-gateway");
    assertThat(first.nodes()).isEmpty();

    cluster.carryOut(first, Integer.MAX_VALUE);
    assertThat(cluster.plan(WITH_BOTH).nodes())
        .hasSize(3)
        .allSatisfy(action -> assertThat(action).isInstanceOf(Mark.class));

    cluster.converge(WITH_BOTH);
    String revision = GatewayConfig.revision(WITH_BOTH);
    assertThat(cluster.observe().nodes().values())
        .allMatch(node -> node.hasToldItsGateway(revision));
  }

  @Test
  void aBrokenGatewayStopsTheRollingUpdateAtTheFirstNode() {
    cluster.converge(WITHOUT);
    cluster.setGatewayImage(InMemoryCluster.BROKEN_IMAGE);

    cluster.converge(WITH);

    assertThat(containers())
        .containsExactlyInAnyOrder(
            List.of("rabbitmq"), List.of("rabbitmq"), List.of("rabbitmq", "gateway"));
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
    assertThat(cluster.plan(WITH).nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.ROLLING_UPDATE);
  }

  @Test
  void brokenGatewaysAreRepairedOneNodeAfterTheOther() {
    cluster.setGatewayImage(InMemoryCluster.BROKEN_IMAGE);
    cluster.converge(WITH);
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
    assertThat(cluster.members()).containsKey("echo");

    cluster.setGatewayImage("repaired-image");
    cluster.startNodesSlowly(1);
    cluster.guardMajority();
    cluster.converge(WITH);

    assertThat(cluster.observe().nodes().values()).allMatch(QueueNode::hasReadyPod);
  }

  @Test
  void aNodeWithoutAReadyGatewayIsUpdatedNext() {
    cluster.converge(WITH);
    cluster.setGatewayImage(InMemoryCluster.BROKEN_IMAGE);
    cluster.converge(WITH);
    List<String> broken = notReady();
    assertThat(broken).hasSize(1);

    cluster.setGatewayImage("repaired-image");

    assertThat(cluster.plan(WITH).nodes())
        .extracting(action -> action.object().getMetadata().getName())
        .containsExactlyElementsOf(broken);
  }

  @Test
  void aNodeWithABrokenGatewayIsReplacedWhenItsMachineFallsSilent() {
    cluster.setGatewayImage(InMemoryCluster.BROKEN_IMAGE);
    cluster.converge(WITH);
    cluster.faults().silence(cluster.machineOf(1));
    for (int pass = 0; pass < 60; pass++) {
      cluster.step(WITH);
    }

    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainKey(NAMES.brokerNode(1));
  }

  @Test
  void anInvalidSpecIsNotServed() {
    cluster.converge(WITH);
    MessageTopologySpec wrong = Specs.of(3, "", "endpoints: {" + PUBLISH + "}");

    assertThat(cluster.planNodes(wrong).isEmpty()).isTrue();
    assertThat(servicePorts()).contains(10000).doesNotContain(8080);
  }

  private List<String> notReady() {
    return cluster.observe().nodes().values().stream()
        .filter(node -> !node.hasReadyPod())
        .map(node -> NAMES.node(node.number()))
        .toList();
  }

  private List<List<String>> containers() {
    return pods().values().stream()
        .map(
            pod -> pod.at("/spec/containers").findValuesAsText("name").stream().distinct().toList())
        .map(names -> names.stream().filter(List.of("rabbitmq", "gateway")::contains).toList())
        .toList();
  }

  private Map<String, JsonNode> pods() {
    return cluster.names("Pod").stream()
        .collect(toMap(n -> n, n -> cluster.get("Pod", n).deepCopy()));
  }

  private Map<String, String> podIds() {
    return cluster.observe().nodes().values().stream()
        .map(node -> node.pod().orElseThrow().getMetadata())
        .collect(toMap(ObjectMeta::getName, ObjectMeta::getUid));
  }

  private List<Integer> servicePorts() {
    return cluster
        .get("Service", "orders")
        .at("/spec/ports")
        .valueStream()
        .map(port -> port.path("port").asInt())
        .toList();
  }

  private JsonNode gatewayJson() {
    return json(cluster.get("ConfigMap", "orders-gateway").at("/data/gateway.json").asText());
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
