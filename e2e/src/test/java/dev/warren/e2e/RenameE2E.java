package dev.warren.e2e;

import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A queue gets another name and keeps its messages. */
class RenameE2E {

  private static final Duration SOON = Duration.ofSeconds(90);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-rename");

  private final Topology topology = namespace.topology("orders");

  @Test
  void aQueueInUseIsRenamedAndNoConfirmedMessageIsLost() {
    topology.apply(spec("{name: shipments}")).awaitReady();
    // It publishes to the former name until the end.
    ClientPod publisher =
        ClientPod.startWith("PAUSE_BETWEEN=0.005", "publisher", topology, "shipments");
    await("1,000 messages wait")
        .atMost(SOON)
        .until(() -> publisher.report().path("confirmed").asInt() >= 1_000);

    topology.apply(spec("{name: parcels, renamedFrom: shipments}")).awaitReady();
    ClientPod consumer = ClientPod.startWith("DECLARE=no", "consumer", topology, "parcels");
    Traffic traffic = Traffic.of(publisher, consumer);
    traffic.awaitMore(500);
    System.out.printf("shipments to parcels: %s, lost=0%n", traffic.stop());

    Broker broker = topology.broker();
    assertThat(broker.queues()).containsExactlyInAnyOrder("shipments", "parcels");
    topology.apply(spec("{name: parcels}")).awaitReady();
    await("the old queue is deleted")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(broker.queues()).containsExactly("parcels"));
  }

  private static String spec(String queue) {
    return THREE_NODES + "queues: [%s]\n".formatted(queue);
  }
}
