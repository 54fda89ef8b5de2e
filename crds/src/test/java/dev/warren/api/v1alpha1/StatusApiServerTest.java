package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The status, as the API server keeps it and kubectl shows it. */
@Tag("apiserver")
class StatusApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void aWriteOfTheResourceDoesNotWriteTheStatus() throws IOException {
    GenericKubernetesResource topology = server.topology("no-status", "{}");
    topology.setAdditionalProperty("status", MAPPER.convertValue(status(), Object.class));
    GenericKubernetesResource stored = server.create(topology);
    assertThat(stored.<Object>get("status")).isNull();

    stored = server.replace(stored, topology);
    assertThat(stored.<Object>get("status")).isNull();
    assertThat(stored.getMetadata().getGeneration()).isEqualTo(1);
  }

  @Test
  void aWriteOfTheStatusKeepsEveryFieldAndChangesNothingElse() {
    server.create(server.topology("with-status", "{nodes: {replicas: 1}}"));
    MessageTopology topology = server.resource("with-status").get();
    topology.setSpec(new MessageTopologySpec(null, null, null, null, null, null, null, null));
    topology.setStatus(status());
    server.client().resource(topology).updateStatus();

    MessageTopology read = server.resource("with-status").get();
    assertThat(read.getStatus()).isEqualTo(status());
    assertThat(read.getSpec().nodes().replicas()).isEqualTo(1);
    assertThat(read.getMetadata().getGeneration()).isEqualTo(1);
  }

  @Test
  void kubectlGetShowsASummary() {
    server.create(server.topology("shown", "{}"));
    MessageTopology topology = server.resource("shown").get();
    topology.setStatus(status());
    server.client().resource(topology).updateStatus();

    List<String> lines = server.kubectl("get", "mtop", "shown").text().lines().toList();
    assertThat(lines.get(0).split(" +"))
        .containsExactly("NAME", "READY", "NODES", "QUEUES", "CONSUMERS", "REASON", "AGE");
    assertThat(lines.get(1)).matches("shown +False +2/3 +4/5 +0/1 +NodeReplacing +[0-9]+s");
  }

  private static MessageTopologyStatus status() {
    Condition ready =
        new ConditionBuilder()
            .withType("Ready")
            .withStatus("False")
            .withReason("NodeReplacing")
            .withMessage("node orders-1 is being replaced")
            .withLastTransitionTime("2026-01-02T03:04:05Z")
            .withObservedGeneration(1L)
            .build();
    return new MessageTopologyStatus(
        1L,
        List.of(ready),
        new MessageTopologyStatus.Summary("2/3", "4/5", "0/1", "1/2"),
        new MessageTopologyStatus.NodesStatus(
            3,
            2,
            MessageTopologyStatus.Quorum.Degraded,
            List.of(new MessageTopologyStatus.NodeStatus("orders-1", "Lost", "n2", "is gone")),
            new MessageTopologyStatus.Removal(
                "orders-1", "Lost", "Isolating", "2026-01-02T03:04:05Z", "its machine is gone"),
            new MessageTopologyStatus.NodeReplacement(
                "orders-1", "its machine is gone", "orders-3", "2026-01-02T03:04:05Z", null, null)),
        List.of(
            new MessageTopologyStatus.QueueStatus(
                "hello", "orders-0", 3, 2, 9_000_000_000L, 4L, 5L, "one member is offline")),
        "2026-01-02T03:04:05Z",
        new MessageTopologyStatus.Binding("orders-connection"),
        List.of(
            new MessageTopologyStatus.ConsumerStatus(
                "worker",
                6,
                5,
                "one Pod crashes",
                new MessageTopologyStatus.ScalingStatus(
                    180.0, 2.5, 9_000_000_000L, "47s", "much to do", "2026-01-02T03:04:05Z"))),
        List.of(new MessageTopologyStatus.RetainedStatus("Queue", "old", 12L, "it has messages")),
        List.of(
            new MessageTopologyStatus.DriftStatus(
                "Queue", "hello", "It was deleted", 2, "2026-01-02T03:04:05Z")),
        List.of("declare quorum queue 'new'"),
        List.of(
            new MessageTopologyStatus.EndpointStatus(
                "echo",
                MessageTopologyStatus.EndpointType.RequestReply,
                "orders.shop.svc:10000",
                true,
                null),
            new MessageTopologyStatus.EndpointStatus(
                "publish",
                MessageTopologyStatus.EndpointType.Publish,
                "orders.shop.svc:8080",
                false,
                "No gateway is ready")),
        new MessageTopologyStatus.TlsStatus(
            "Trust: everybody learns to trust the next CA of the nodes",
            List.of("orders-1"),
            List.of(
                new MessageTopologyStatus.CertificateStatus(
                    "orders-1-tls/tls.crt", "2026-01-02T03:04:05Z", "Waiting"))));
  }
}
