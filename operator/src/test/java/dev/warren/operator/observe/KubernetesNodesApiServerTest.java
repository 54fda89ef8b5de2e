package dev.warren.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.ApiServer;
import dev.warren.operator.TestClock;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.KubernetesNode.State;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The state of a machine, from its Node and its Lease. */
@Tag("apiserver")
class KubernetesNodesApiServerTest {

  private static final String MACHINE = "machine-of-test";

  @RegisterExtension static final ApiServer server = new ApiServer();

  private final KubernetesClient client = server.client();
  private final TestClock clock = new TestClock();

  @BeforeEach
  void thereIsAPlaceForLeases() {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(KubernetesNodes.LEASES)
                .endMetadata()
                .build())
        .serverSideApply();
  }

  @AfterEach
  void remove() {
    client.nodes().withName(MACHINE).delete();
    client.leases().inNamespace(KubernetesNodes.LEASES).withName(MACHINE).delete();
  }

  @Test
  void aMachineThatKubernetesDoesNotKnowIsGone() {
    assertThat(state()).isEqualTo(State.GONE);
  }

  @Test
  void aMachineThatReportsIsReadyAlthoughKubernetesSaysUnknown() {
    machine("True");
    assertThat(state()).isEqualTo(State.READY);

    machine("Unknown");
    renewLease();
    assertThat(state()).isEqualTo(State.READY);
  }

  @Test
  void aMachineThatNoLongerRenewsItsLeaseIsSilent() {
    machine("Unknown");
    assertThat(state()).as("without a lease").isEqualTo(State.SILENT);

    renewLease();
    clock.advance(Duration.ofSeconds(21));

    assertThat(state()).isEqualTo(State.SILENT);
  }

  @Test
  void aLeaseFromAClockThatIsAheadExpiresToo() {
    clock.advance(Duration.ofHours(1));
    machine("Unknown");
    renewLease();
    clock.advance(Duration.ofMinutes(-30));

    assertThat(state()).isEqualTo(State.SILENT);
  }

  @Test
  void aMachineThatReportsNotReadyIsSilent() {
    machine("False");
    renewLease();
    assertThat(state()).isEqualTo(State.SILENT);
  }

  /** A node with a local volume belongs to that machine, even while it has no Pod. */
  @Test
  void withoutAPodTheMachineIsThatOfALocalVolume() {
    volume("local", "kubernetes.io/hostname");
    volume("attachable", "topology.kubernetes.io/zone");

    assertThat(new KubernetesNodes(client, clock).of(List.of(onVolume("local"))).get(0).name())
        .isEqualTo(MACHINE);
    assertThat(new KubernetesNodes(client, clock).of(List.of(onVolume("attachable")))).isEmpty();
    assertThat(new KubernetesNodes(client, clock).of(List.of(onVolume("none")))).isEmpty();
  }

  private void volume(String name, String tiedBy) {
    client
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .addToCapacity("storage", new Quantity("1Gi"))
                .withAccessModes("ReadWriteOnce")
                .withNewHostPath()
                .withPath("/nowhere")
                .endHostPath()
                .withNewNodeAffinity()
                .withNewRequired()
                .addNewNodeSelectorTerm()
                .addNewMatchExpression()
                .withKey(tiedBy)
                .withOperator("In")
                .withValues(MACHINE)
                .endMatchExpression()
                .endNodeSelectorTerm()
                .endRequired()
                .endNodeAffinity()
                .endSpec()
                .build())
        .serverSideApply();
  }

  /** On the machine of its first Pod, as with WaitForFirstConsumer. */
  private static QueueNode onVolume(String volume) {
    PersistentVolumeClaim claim =
        new PersistentVolumeClaimBuilder()
            .withNewMetadata()
            .withName("data-orders-0")
            .addToAnnotations("volume.kubernetes.io/selected-node", MACHINE)
            .endMetadata()
            .withNewSpec()
            .withVolumeName(volume)
            .endSpec()
            .build();
    return new QueueNode(0, Optional.of(claim), Optional.empty());
  }

  private State state() {
    QueueNode node =
        new QueueNode(
            0,
            Optional.empty(),
            Optional.of(
                new PodBuilder()
                    .withNewMetadata()
                    .withName("orders-0")
                    .endMetadata()
                    .withNewSpec()
                    .withNodeName(MACHINE)
                    .endSpec()
                    .build()));
    KubernetesNode machine = new KubernetesNodes(client, clock).of(List.of(node)).get(0);
    return machine.state();
  }

  private void machine(String ready) {
    client.nodes().withName(MACHINE).delete();
    Node node =
        client
            .resource(new NodeBuilder().withNewMetadata().withName(MACHINE).endMetadata().build())
            .create();
    client
        .resource(
            new NodeBuilder(node)
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .withLastTransitionTime("2026-01-01T11:00:00Z")
                .endCondition()
                .endStatus()
                .build())
        .updateStatus();
  }

  private void renewLease() {
    client
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(KubernetesNodes.LEASES)
                .withName(MACHINE)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(MACHINE)
                .withLeaseDurationSeconds(40)
                .withRenewTime(clock.instant().atZone(ZoneOffset.UTC))
                .endSpec()
                .build())
        .serverSideApply();
  }
}
