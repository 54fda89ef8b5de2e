package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.nodes.RemovalRun.nodes;
import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Running nodes that somebody has given up. */
class GivenUpNodeRemovalTest {

  private final RemovalRun run = new RemovalRun();
  private final InMemoryCluster cluster = run.cluster();

  @Test
  void aGivenUpNodeLeavesWhenItsReplacementHasAllItsMembers() {
    cluster.converge(nodes(3));
    cluster.giveUp("orders-1");
    run.converge(nodes(3));

    assertThat(run.done())
        .containsSubsequence(
            "record GIVEN_UP 1",
            "Create Pod orders-3",
            "AddMember 3",
            "Mark Pod orders-1",
            "StopNode 1",
            "ForgetNode 1",
            "Delete Pod orders-1");
    run.assertNodes(Set.of(0, 2, 3));
    assertThat(run.removal().kind()).isEqualTo(Kind.GIVEN_UP);
    assertThat(run.removal().replacedBy()).isEqualTo(3);
  }

  @Test
  void theOnlyNodeIsReplacedAndANodeAlwaysRuns() {
    cluster.converge(nodes(1));
    cluster.guardMajority();
    cluster.giveUp("orders-0");
    run.converge(nodes(1));

    assertThat(run.done()).containsSubsequence("AddMember 1", "StopNode 0", "ForgetNode 0");
    run.assertNodes(Set.of(1));
  }

  @Test
  void aGivenUpNodeStaysUntilItsReplacementHasJoined() {
    cluster.converge(nodes(3));
    cluster.startNodesSlowly(0);
    cluster.giveUp("orders-1");
    for (int i = 0; i < 60; i++) {
      run.step(nodes(3));
    }

    assertThat(run.done()).doesNotContain("RemoveMember 1", "StopNode 1");
    assertThat(cluster.observe().nodes().get(1).isInService()).isTrue();
    assertThat(cluster.members().get("q")).hasSize(3);
    assertThat(cluster.plan(nodes(3)).nodeProblems())
        .extracting(Problem::reason)
        .contains(Reason.NODE_LEAVING);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aReplacementMayUseTheSameMachineSoThatNodesStaySpread(int n) {
    cluster.converge(nodes(3));
    String machine = cluster.machineOf(n);
    cluster.giveUp(NAMES.node(n));
    run.converge(nodes(3));

    assertThat(cluster.machineOf(3)).isEqualTo(machine);

    cluster.delete("PersistentVolumeClaim", NAMES.volume(3));
    cluster.delete("Pod", NAMES.node(3));
    run.converge(nodes(3));
    assertThat(cluster.machineOf(4)).isEqualTo(machine);
  }

  @Test
  void aRunningNodeStaysIfItsAnnotationIsRemoved() {
    cluster.converge(nodes(3));
    cluster.giveUp("orders-1");
    run.until(nodes(3), () -> run.done().contains("Mark Pod orders-1"));
    cluster.unannotate("orders-1");
    run.converge(nodes(3));

    // Its replacement is now the newest of too many nodes.
    run.assertNodes(Set.of(0, 1, 2));
    assertThat(cluster.observe().nodes().get(1).isInService()).isTrue();
  }

  @Test
  void aGivenUpNodeLeavesEvenIfItsPodIsRecreated() {
    cluster.converge(nodes(1));
    cluster.giveUp("orders-0");
    run.until(nodes(1), () -> run.done().contains("record GIVEN_UP 0"));
    cluster.delete("Pod", "orders-0");
    run.converge(nodes(1));

    run.assertNodes(Set.of(1));
  }

  @Test
  void aRunningNodeStaysWhileAnotherIsLost() {
    cluster.converge(nodes(4));
    cluster.startNodesSlowly(0);
    cluster.giveUp("orders-1");
    for (int i = 0; i < 5; i++) {
      run.step(nodes(4));
    }
    cluster.startNodesSlowly(9);
    cluster.faults().silence(cluster.machineOf(0));
    run.converge(nodes(4));

    assertThat(run.done())
        .containsSubsequence("record GIVEN_UP 1", "record LOST 0", "ForgetNode 0");
    assertThat(run.done()).containsSubsequence("ForgetNode 0", "record GIVEN_UP 1", "ForgetNode 1");
    assertThat(cluster.brokerNodes()).hasSize(4).doesNotContainValue(false);
  }

  @Test
  void aStoppedNodeStartsAgainWhenTheRecordOfItsRemovalIsDeleted() {
    cluster.converge(nodes(1));
    cluster.giveUp("orders-0");
    StopNode stop = new StopNode(NAMES.brokerNode(0));
    run.until(nodes(1), () -> cluster.plan(nodes(1)).broker().contains(stop));
    cluster.carryOut(cluster.plan(nodes(1)), Integer.MAX_VALUE);
    cluster.delete("ConfigMap", "orders-membership");

    run.converge(nodes(1));

    assertThat(cluster.brokerNodes()).hasSize(1).doesNotContainValue(false);
  }
}
