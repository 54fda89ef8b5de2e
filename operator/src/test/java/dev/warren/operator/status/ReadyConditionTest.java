package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.conditions;
import static dev.warren.operator.status.StatusScene.message;
import static dev.warren.operator.status.StatusScene.ready;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.NodeRemoval.Phase;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.validation.Violation;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The condition Ready, and the conditions that it summarizes. */
class ReadyConditionTest {

  private final StatusScene scene = new StatusScene();

  @Test
  void leftoversOfARemovedNodeAreNotANode() {
    scene.leftOver = Optional.of(7);

    MessageTopologyStatus status = scene.build();

    assertThat(status.nodes().members()).extracting(NodeStatus::name).doesNotContain("orders-7");
    assertThat(Conditions.isReady(status)).isTrue();
  }

  @Test
  void nodesThatShareAMachineAreReportedAndTheTopologyIsReady() {
    assertThat(conditions(scene.build())).contains("NodesSpread=True/Spread");

    scene.machines.put(0, "n2");
    assertThat(conditions(scene.build())).contains("Ready=True/AllReady");
    assertThat(conditions(scene.build())).contains("NodesSpread=False/MachineShared");
    assertThat(message(scene.build(), "NodesSpread"))
        .isEqualTo("orders-0 and orders-2 are on one machine, n2");
  }

  @Test
  void theReasonOfTheSpreadIsWhatAMoveWaitsFor() {
    scene.machines.put(0, "n2");
    scene.nodeProblems.add(new Problem(Reason.MACHINE_SHARED, "the planner says why"));

    assertThat(message(scene.build(), "NodesSpread")).isEqualTo("the planner says why");
    assertThat(message(scene.build(), "NodesReady")).isEqualTo("3 of 3 nodes are ready");
  }

  /** Node 2 moves, and node 3 takes its place. */
  @Test
  void aMoveLeavesTheTopologyReadyAndIsReported() {
    scene.machines.put(0, "n2");
    scene.podStatus.put(3, "{phase: Pending}");
    scene.removal(Phase.AWAITING_REPLACEMENT);
    scene.nodeProblems.add(new Problem(Reason.NODE_MOVING, "orders-2 moves"));

    MessageTopologyStatus waiting = scene.build();
    assertThat(conditions(waiting)).contains("Ready=True/AllReady", "NodesSpread=False/NodeMoving");
    assertThat(waiting.summary().nodes()).isEqualTo("3/3");
    assertThat(message(waiting, "NodesSpread")).startsWith("orders-2 moves; orders-3: ");

    scene.podStatus.put(3, StatusScene.READY);
    scene.podStatus.put(2, "{phase: Pending}");
    assertThat(conditions(scene.build()))
        .as("the old node counts")
        .contains("Ready=False/Starting");

    scene.removal(Phase.DRAINING);
    assertThat(conditions(scene.build())).as("the new node counts").contains("Ready=True/AllReady");
  }

  @Test
  void aChangeThatWaitsForANodeNamesItAndTheReason() {
    scene.nodeProblems.add(new Problem(Reason.ROLLING_UPDATE, "2 of 3 nodes still run as before"));
    scene.podStatus.put(
        2,
        """
        {containerStatuses: [{name: rabbitmq, state: {waiting:
          {reason: ImagePullBackOff, message: no such image}}}]}
        """);

    assertThat(ready(scene.build()))
        .isEqualTo(
            "False/RollingUpdate: 2 of 3 nodes are ready; 2 of 3 nodes still run as before;"
                + " orders-2: Container rabbitmq: no such image");
  }

  @Test
  void readyIsTrueWhenEverythingIsReady() {
    MessageTopologyStatus status = scene.build();

    assertThat(conditions(status))
        .containsExactly(
            "Ready=True/AllReady",
            "Validated=True/Valid",
            "NodesReady=True/AllReady",
            "TopologyDeclared=True/Declared",
            "ConsumersReady=True/AllReady",
            "EndpointsReady=True/AllReady",
            "CertificatesReady=True/CertificatesValid",
            "NodesSpread=True/Spread");
    assertThat(message(status, "Ready"))
        .isEqualTo("3/3 nodes, 1/1 queues, 0/0 consumers and 0/0 endpoints are ready");
    assertThat(Conditions.isReady(status)).isTrue();
    assertThat(status.observedGeneration()).isEqualTo(1);
    assertThat(status.binding().name()).isEqualTo("orders-connection");
  }

  /** In the order in which they must be fixed. */
  @Test
  void readyNamesTheFirstPartThatIsNotReady() {
    scene.consumerProblems.add(new Problem(Reason.REFUSED, "consumers"));
    assertThat(ready(scene.build())).isEqualTo("False/Refused: consumers");

    scene.topologyProblems.add(new Problem(Reason.IMMUTABLE_ARGUMENT, "topology"));
    assertThat(ready(scene.build())).isEqualTo("False/ImmutableArgument: topology");

    scene.nodeProblems.add(new Problem(Reason.NODE_LOST, "nodes"));
    assertThat(ready(scene.build())).isEqualTo("False/NodeLost: 3 of 3 nodes are ready; nodes");

    scene.violations.add(new Violation("spec.a", "is wrong"));
    assertThat(ready(scene.build())).isEqualTo("False/InvalidSpec: spec.a: is wrong");
  }

  @Test
  void readyIsUnknownWhileItsCauseIsUnknown() {
    scene.brokerIsSilent("no answer");
    assertThat(ready(scene.build())).isEqualTo("Unknown/BrokerUnreachable: no answer");
    assertThat(Conditions.isReady(scene.build())).isFalse();
    assertThat(Conditions.holds(scene.build(), ConditionType.READY)).isEmpty();

    scene.nodeProblems.add(new Problem(Reason.NODE_LOST, "orders-1 is lost"));
    assertThat(ready(scene.build())).startsWith("False/NodeLost: ");
  }

  @Test
  void theWorstProblemGivesTheReason() {
    scene.nodeProblems.add(new Problem(Reason.UPDATING, "Pod orders-1 is being updated"));
    scene.nodeProblems.add(new Problem(Reason.SECRET_MISSING, "Secret orders-admin is missing"));
    scene.topologyProblems.add(new Problem(Reason.DECLARING, "2 of 5 changes are pending"));
    scene.topologyProblems.add(new Problem(Reason.BROKER_UNREACHABLE, "no answer"));
    scene.consumerProblems.add(new Problem(Reason.UPDATING, "Deployment a is being updated"));
    scene.consumerProblems.add(new Problem(Reason.NAME_TAKEN, "Deployment b exists"));

    assertThat(conditions(scene.build()))
        .contains(
            "NodesReady=False/SecretMissing",
            "TopologyDeclared=Unknown/BrokerUnreachable",
            "ConsumersReady=False/NameTaken");
    assertThat(message(scene.build(), "TopologyDeclared"))
        .isEqualTo("no answer; 2 of 5 changes are pending");
  }
}
