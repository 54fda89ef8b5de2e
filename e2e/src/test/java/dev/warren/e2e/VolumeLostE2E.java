package dev.warren.e2e;

import static dev.warren.e2e.TestBed.testbed;
import static dev.warren.e2e.Topology.THREE_NODES;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node whose volume is lost is replaced, and no confirmed message is lost. */
class VolumeLostE2E {

  private static final String SPEC =
      THREE_NODES + "queues: [{name: queue-0}, {name: queue-1}, {name: queue-2}]\n";

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-volume-lost");

  private static final Topology topology = namespace.topology("orders");

  private Traffic traffic;

  @BeforeAll
  static void start() {
    topology.apply(SPEC).awaitReady();
  }

  @BeforeEach
  void startTraffic() {
    traffic = Traffic.start(namespace.operator().machine(), topology, "queue-0");
  }

  @AfterEach
  void nothingIsLost() {
    topology.assertOneCluster();
    traffic.awaitMore(50);
    System.out.println(traffic.stop());
  }

  @Test
  void theFirstNodeIsReplacedWithItsVolumeAndNeverFormsASecondCluster() {
    namespace.run("delete", "pvc", "data-orders-0", "--wait=false");
    namespace.run("delete", "pod", "orders-0", "--wait=false");

    topology.awaitReplacementOf("orders-0");
  }

  @Test
  void aNodeWithAnEmptiedVolumeDoesNotJoinUnderItsOldName() {
    topology.awaitJoined("orders-1");

    testbed("wipe-volume", namespace.name(), "data-orders-1");
    namespace.run("delete", "pod", "orders-1", "--wait=false");

    topology.awaitReplacementOf("orders-1");
  }
}
