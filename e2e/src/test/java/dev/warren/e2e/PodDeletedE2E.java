package dev.warren.e2e;

import static dev.warren.e2e.TestBed.CLIENT;
import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A queue node's Pod is deleted while messages flow. */
class PodDeletedE2E {

  private static final Duration BACK = Duration.ofSeconds(120);
  private static final Duration SOON = Duration.ofSeconds(60);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-pod-deleted");

  private final Topology topology = namespace.topology("orders");

  @Test
  void noConfirmedMessageIsLostAndTheNodeReturnsWithItsNameAndData() {
    topology.apply(THREE_NODES + "queues: [{name: flow}]").awaitReady();
    Traffic traffic = Traffic.start(topology, "flow");

    Pod deleted = leader();
    PersistentVolumeClaim volume = volumeOf(deleted);
    namespace.run("delete", "pod", deleted.getMetadata().getName());

    await("the same node is back")
        .atMost(BACK)
        .untilAsserted(
            () ->
                assertThat(topology.nodes())
                    .hasSize(3)
                    .anySatisfy(
                        node -> {
                          assertThat(node.getMetadata().getName())
                              .isEqualTo(deleted.getMetadata().getName());
                          assertThat(node.getMetadata().getUid())
                              .isNotEqualTo(deleted.getMetadata().getUid());
                        }));
    topology.awaitReady();
    await("all three members of the queue are online")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(flow().online()).isEqualTo(3));
    assertThat(volumeOf(deleted).getMetadata().getUid()).isEqualTo(volume.getMetadata().getUid());

    traffic.awaitMore(100);
    Traffic.Count count = traffic.stop();
    System.out.printf("pod deleted: %s%n", count);
    assertThat(count.longestPauseMs()).isLessThan(30_000);
  }

  private Pod leader() {
    String leader = flow().leader();
    return topology.nodes().stream()
        .filter(node -> node.getMetadata().getName().equals(leader))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no node is called " + leader));
  }

  private QueueStatus flow() {
    return topology.get().getStatus().queues().getFirst();
  }

  private static PersistentVolumeClaim volumeOf(Pod node) {
    return CLIENT
        .persistentVolumeClaims()
        .inNamespace(node.getMetadata().getNamespace())
        .withName("data-" + node.getMetadata().getName())
        .get();
  }
}
