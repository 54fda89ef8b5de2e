package dev.warren.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What users see while a node moves from a machine that it shares. */
class MoveStatusTest {

  private static final MessageTopologySpec SPEC =
      Specs.of(3, "", "queues: [{name: q, type: quorum}, {name: s, type: stream}]");

  private final InMemoryCluster cluster = new InMemoryCluster(3);
  private final MessageTopology topology = new MessageTopology();
  private final List<Transition> events = new ArrayList<>();

  @Test
  void theTopologyStaysReadyAndTheBeginAndTheEndAreEvents() {
    topology.getMetadata().setNamespace("shop");
    topology.getMetadata().setName("orders");
    topology.getMetadata().setUid("uid");
    topology.getMetadata().setGeneration(1L);
    topology.setSpec(SPEC);
    loseAMachineAndBringItBack();
    assertThat(pass().nodes().removal()).isNull();
    events.clear();

    cluster.advance(Duration.ofMinutes(6));
    for (int i = 0; i < 40; i++) {
      MessageTopologyStatus status = pass();
      assertThat(Conditions.isReady(status)).as("pass %d: %s", i, status.conditions()).isTrue();
      assertThat(status.summary().nodes()).isEqualTo("3/3");
    }

    assertThat(events)
        .extracting(Transition::reason)
        .containsExactly(
            Reason.NODE_MOVING, Reason.NODE_FORGOTTEN, Reason.NODE_REPLACED, Reason.SPREAD);
    assertThat(events).allMatch(Transition::normal);
    assertThat(events.getFirst().message())
        .contains("orders-0 and orders-3 are on one machine, m0, and m2 can take orders-3");
    assertThat(events.get(2).message()).startsWith("orders-4 replaced orders-3, ");
  }

  private void loseAMachineAndBringItBack() {
    cluster.converge(SPEC);
    cluster.observe();
    cluster.faults().silence("m2");
    cluster.observe();
    cluster.advance(Duration.ofSeconds(61));
    cluster.converge(SPEC);
    cluster.faults().bringBack("m2");
    cluster.settle();
  }

  private MessageTopologyStatus pass() {
    Observation observed = cluster.observe();
    ReconcilePlan plan = cluster.plan(SPEC);
    cluster.carryOut(plan, Integer.MAX_VALUE);
    MessageTopologyStatus status =
        StatusBuilder.build(
            topology,
            new ReconcileResult(
                observed,
                List.of(),
                plan.nodeProblems(),
                plan.topologyProblems(),
                List.of(),
                plan.removal(),
                AppliedActions.NONE,
                Optional.of(plan.certificates())));
    events.addAll(Transition.between(topology.getStatus(), status));
    topology.setStatus(status);
    cluster.settle();
    return status;
  }
}
