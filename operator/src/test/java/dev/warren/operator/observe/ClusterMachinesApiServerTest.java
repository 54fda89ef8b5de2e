package dev.warren.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.ApiServer;
import dev.warren.operator.TestClock;
import dev.warren.operator.observation.Machine;
import dev.warren.operator.observation.Places;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The machines of the cluster, and since when they have been well. */
@Tag("apiserver")
class ClusterMachinesApiServerTest {

  private static final String MACHINE = "place-of-test";

  @RegisterExtension static final ApiServer server = new ApiServer();

  private final KubernetesClient client = server.client();
  private final TestClock clock = new TestClock();
  private final ClusterMachines machines = new ClusterMachines(client, clock);

  @AfterEach
  void remove() {
    client.nodes().withName(MACHINE).delete();
  }

  @Test
  void aMachineIsWellSinceTheOperatorFirstSawItSo() {
    machine("True", clock.instant().minus(Duration.ofDays(1)));
    Instant first = clock.instant();
    assertThat(read().wellSince()).isEqualTo(first);

    later();
    assertThat(read().wellSince()).isEqualTo(first);
    assertThat(read().unwell()).isEmpty();
    assertThat(read().labels()).containsEntry("disk", "ssd");
    assertThat(read().allocatable()).containsEntry("cpu", new Quantity("4"));
  }

  @Test
  void aMachineThatWasAwayInBetweenIsWellSinceItsReturn() {
    machine("True", clock.instant().minus(Duration.ofDays(1)));
    read();
    Instant returned = clock.instant().plus(Duration.ofSeconds(20));
    client.nodes().withName(MACHINE).delete();
    machine("True", returned);
    later();

    assertThat(read().wellSince()).isEqualTo(returned);
  }

  @Test
  void aMachineThatIsNotReadyOrCordonedIsNotWell() {
    machine("Unknown", clock.instant());
    assertThat(read().unwell()).contains("is not ready");

    later();
    client.nodes().withName(MACHINE).delete();
    machine("True", clock.instant());
    client
        .nodes()
        .withName(MACHINE)
        .edit(node -> node.edit().editSpec().withUnschedulable(true).endSpec().build());
    assertThat(read().unwell()).contains("is cordoned");

    later();
    client
        .nodes()
        .withName(MACHINE)
        .edit(node -> node.edit().editSpec().withUnschedulable(null).endSpec().build());
    assertThat(read().unwell()).isEmpty();
    assertThat(read().wellSince()).isEqualTo(clock.instant());
  }

  @Test
  void whatWasSeenLongAgoDoesNotCount() {
    machine("True", clock.instant().minus(Duration.ofDays(1)));
    read();
    clock.advance(Duration.ofMinutes(3));

    assertThat(read().wellSince()).isEqualTo(clock.instant());
  }

  @Test
  void theListIsSharedForHalfAMinute() {
    machines.read();
    machine("True", clock.instant());
    assertThat(machines.read().machines()).doesNotContainKey(MACHINE);

    later();
    assertThat(machines.read().machines()).containsKey(MACHINE);
  }

  @Test
  void withoutPermissionTheMachinesAreUnknown() {
    try (KubernetesClient stranger =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(client.getConfiguration())
                    .withImpersonateUsername("somebody")
                    .build())
            .build()) {
      Places places = new ClusterMachines(stranger, clock).read();

      assertThat(places.machines()).isEmpty();
      assertThat(places.unknownBecause()).contains("the operator may not list Kubernetes nodes");
    }
  }

  private Machine read() {
    return Optional.ofNullable(machines.read().machines().get(MACHINE)).orElseThrow();
  }

  private void later() {
    clock.advance(Duration.ofSeconds(40));
  }

  private void machine(String ready, Instant since) {
    Node node =
        client
            .resource(
                new NodeBuilder()
                    .withNewMetadata()
                    .withName(MACHINE)
                    .addToLabels("disk", "ssd")
                    .endMetadata()
                    .build())
            .create();
    client
        .resource(
            new NodeBuilder(node)
                .withNewStatus()
                .addToAllocatable("cpu", new Quantity("4"))
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .withLastTransitionTime(since.toString())
                .endCondition()
                .endStatus()
                .build())
        .updateStatus();
  }
}
