package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One of the namespaces that an operator watches is deleted: it serves the others, also after a
 * restart, and serves this one again when it is back.
 */
class NamespaceDeletedE2E {

  private static final String QUEUE = "queues: [{name: work}]\n";
  private static final Duration REPORTED = Duration.ofSeconds(120);

  @RegisterExtension
  static final TestNamespace stays = TestNamespace.withOperator("e2e-namespace-stays");

  @RegisterExtension static final TestNamespace goes = new TestNamespace("e2e-namespace-goes");

  @Test
  void theOthersAreServedAndItIsServedAgainWhenItIsBack() {
    Operator operator = Operator.installIn(stays.name(), goes.name());
    goes.useOperator(operator);
    await().atMost(REPORTED).until(() -> served(operator) == 2);

    goes.delete();
    operator.kill();
    await("one of two namespaces is served").atMost(REPORTED).until(() -> served(operator) == 1);
    stays.topology("orders").apply(ONE_NODE + QUEUE).awaitReady();

    goes.create();
    // Helm creates the missing Role, and does not restart the operator.
    Operator.installIn(stays.name(), goes.name());
    goes.topology("orders").apply(ONE_NODE + QUEUE).awaitReady();
  }

  /** While the operator restarts, it has no metrics. */
  private static double served(Operator operator) {
    try {
      return operator.metric("warren_namespace_served");
    } catch (AssertionError e) {
      return Double.NaN;
    }
  }
}
