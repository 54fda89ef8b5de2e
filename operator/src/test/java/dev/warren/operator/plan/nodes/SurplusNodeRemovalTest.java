package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.nodes.RemovalRun.QUEUES;
import static dev.warren.operator.plan.nodes.RemovalRun.nodes;
import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Labels;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Nodes that are removed because the spec has fewer. */
class SurplusNodeRemovalTest {

  private final RemovalRun run = new RemovalRun();
  private final InMemoryCluster cluster = run.cluster();

  @Test
  void aNodeThatStaysAfterAllIsInServiceAgain() {
    cluster.converge(nodes(4));
    run.until(nodes(3), () -> run.done().contains("Mark Pod orders-3"));
    cluster.faults().silence(cluster.machineOf(0));
    run.converge(nodes(3));

    assertThat(run.done()).containsSubsequence("record SURPLUS 3", "record LOST 0", "ForgetNode 0");
    run.assertNodes(Set.of(1, 2, 3));
    assertThat(cluster.observe().nodes().get(3).isInService()).isTrue();
  }

  @Test
  void aClassicQueueThatAppearsOnALeavingNodeKeepsItThere() {
    cluster.converge(nodes(4));
    run.until(nodes(3), () -> run.done().contains("record SURPLUS 3"));
    cluster.broker().declareClassicOn("old", 3);
    run.converge(nodes(3));

    assertThat(cluster.members().get("old")).containsExactly(NAMES.brokerNode(3));
    run.assertNodes(Set.of(0, 1, 3));
  }

  @Test
  void replicasChangeFromThreeToFiveToThreeToOneToThree() {
    for (int replicas : new int[] {3, 5, 3, 1, 3}) {
      run.converge(nodes(replicas));
      cluster.guardMajority();
      assertThat(cluster.brokerNodes()).hasSize(replicas).doesNotContainValue(false);
      for (String queue : List.of("q", "r", "s")) {
        assertThat(cluster.members().get(queue)).hasSize(Math.min(3, replicas));
      }
      assertThat(cluster.names("PersistentVolumeClaim")).hasSize(replicas);
      assertThat(cluster.names("Pod")).hasSize(replicas);
    }

    run.assertNodes(Set.of(0, 5, 6));
    assertThat(run.done())
        .containsSubsequence(
            "record SURPLUS 4",
            "StopNode 4",
            "ForgetNode 4",
            "record SURPLUS 3",
            "StopNode 3",
            "ForgetNode 3",
            "record SURPLUS 2",
            "record SURPLUS 1");
  }

  @Test
  void twoNodesBecomeOneAlthoughOneOfTwoIsNoMajority() {
    cluster.converge(nodes(2));
    run.until(nodes(1), () -> !cluster.plan(nodes(1)).broker().isEmpty() && isStopped());
    ReconcilePlan plan = cluster.plan(nodes(1));
    // The operator is killed between stopping and forgetting.
    int before = plan.support().size() + plan.nodes().size();
    cluster.carryOut(plan, before + plan.broker().indexOf(new StopNode(NAMES.brokerNode(1))) + 1);
    cluster.settle();
    assertThat(cluster.brokerNodes()).containsEntry(NAMES.brokerNode(1), false);
    run.converge(nodes(1));

    run.assertNodes(Set.of(0));
  }

  @Test
  void aStoppedNodeWhosePodIsDeletedReturnsAndIsForgotten() {
    cluster.converge(nodes(2));
    run.until(nodes(1), this::isStopped);
    ReconcilePlan plan = cluster.plan(nodes(1));
    int before = plan.support().size() + plan.nodes().size();
    cluster.carryOut(plan, before + plan.broker().indexOf(new StopNode(NAMES.brokerNode(1))) + 1);
    cluster.delete("Pod", "orders-1");
    run.converge(nodes(1));

    run.assertNodes(Set.of(0));
  }

  @Test
  void aNodeThatGetsAQueueAtTheLastMomentReturnsAndAnotherLeaves() {
    cluster.converge(nodes(4));
    MessageTopologySpec three = nodes(3);
    run.until(
        three, () -> cluster.plan(three).broker().contains(new StopNode(NAMES.brokerNode(3))));
    ReconcilePlan plan = cluster.plan(three);
    cluster.broker().declareClassicOn("late", 3);
    cluster.carryOut(plan, Integer.MAX_VALUE);
    cluster.settle();
    assertThat(cluster.brokerNodes()).containsEntry(NAMES.brokerNode(3), false);

    run.converge(three);

    assertThat(cluster.members()).containsEntry("late", Set.of(NAMES.brokerNode(3)));
    run.assertNodes(Set.of(0, 1, 3));
  }

  private boolean isStopped() {
    return cluster.plan(nodes(1)).broker().stream().anyMatch(StopNode.class::isInstance);
  }

  @Test
  void aNodeWithTheOnlyMemberOfAQueueStaysAndAnotherLeaves() {
    cluster.converge(nodes(3));
    cluster.broker().declareClassicOn("old", 2);
    run.converge(nodes(2));

    run.assertNodes(Set.of(0, 2));
  }

  @Test
  void aScaleDownWaitsWhenEveryNodeHasTheOnlyMemberOfAQueue() {
    cluster.converge(nodes(2));
    cluster.broker().declareClassicOn("a", 0);
    cluster.broker().declareClassicOn("b", 1);

    run.assertHeld(nodes(1), "each has a queue that no other node has, such as 'b' on orders-1");
  }

  @Test
  void aScaleDownWaitsWhileAQueueLacksAMemberOrNodesAreDown() {
    cluster.converge(nodes(4));
    cluster.members().get("q").remove(NAMES.brokerNode(0));
    assertThat(cluster.plan(nodes(3)).nodeProblems())
        .extracting(Problem::message)
        .contains("The next node is removed when every queue has all its members");

    cluster.faults().crashAlways("orders-1");
    cluster.faults().crashAlways("orders-2");
    run.assertHeld(nodes(3), "No node is removed while 2 nodes do not run");
  }

  @Test
  void aNodeThatDoesNotRunIsRemovedFirst() {
    cluster.converge(nodes(4));
    cluster.faults().crashAlways("orders-1");
    run.converge(nodes(3));

    run.assertNodes(Set.of(0, 2, 3));
  }

  @Test
  void aSurplusNodeThatNeverJoinedIsDeleted() {
    cluster.converge(nodes(3));
    cluster.startNodesSlowly(0);
    run.step(nodes(5));
    run.step(nodes(5));
    cluster.startNodesSlowly(9);
    cluster.faults().silence("m3");
    cluster.faults().silence("m4");
    run.converge(nodes(3));

    run.assertNodes(Set.of(0, 1, 2));
    assertThat(cluster.names("PersistentVolumeClaim")).contains("data-orders-0").hasSize(5);
    cluster.faults().bringBack("m3");
    cluster.faults().bringBack("m4");
    run.converge(nodes(3));
    assertThat(cluster.names("PersistentVolumeClaim")).hasSize(3);
  }

  @Test
  void aSurplusNodeThatJoinsAtTheLastMomentIsForgottenBeforeItIsDeleted() {
    cluster.converge(nodes(3));
    cluster.startNodesSlowly(0);
    run.step(nodes(4));
    cluster.settle();
    run.until(nodes(3), () -> cluster.record().contains("forgottenAt"));
    cluster.startNodesSlowly(9);
    cluster.settle();
    assertThat(run.listed(3)).isTrue();
    run.converge(nodes(3));

    assertThat(run.done()).contains("StopNode 3", "ForgetNode 3");
    run.assertNodes(Set.of(0, 1, 2));
  }

  @Test
  void retainedVolumesAreMarkedAndTheirNumbersNotReused() {
    MessageTopologySpec retain = retain(4);
    cluster.converge(retain);
    run.converge(retain(3));

    assertThat(cluster.names("PersistentVolumeClaim")).contains("data-orders-3").hasSize(4);
    assertThat(
            cluster
                .get("PersistentVolumeClaim", "data-orders-3")
                .path("metadata")
                .path("labels")
                .path(Labels.RETIRED)
                .asText())
        .isEqualTo("true");
    assertThat(run.done()).doesNotContain("Delete PersistentVolumeClaim data-orders-3");
    run.converge(retain(4));
    run.assertNodes(Set.of(0, 1, 2, 4));
  }

  @Test
  void noNodeIsRestartedWhileAnotherLeaves() {
    MessageTopologySpec changed = Specs.of(3, "config: log.console.level = debug", QUEUES);
    cluster.converge(nodes(4));
    run.until(nodes(3), () -> run.done().contains("record SURPLUS 3"));
    run.done().clear();
    run.until(changed, () -> run.done().contains("ForgetNode 3"));

    assertThat(run.done()).noneMatch(action -> action.startsWith("Delete Pod"));
    run.converge(changed);
    run.assertNodes(Set.of(0, 1, 2));
  }

  @Test
  void aLeavingNodesMemberIsRemovedBeforeItStops() {
    cluster.converge(Specs.of(5, "", "queues: [{name: q, type: quorum, members: 5}]"));
    MessageTopologySpec four = Specs.of(4, "", "queues: [{name: q, type: quorum, members: 5}]");
    run.until(four, () -> run.done().contains("ForgetNode 4"));

    assertThat(run.done()).containsSubsequence("RemoveMember 4", "StopNode 4", "ForgetNode 4");
    run.converge(four);
    assertThat(cluster.members().get("q")).hasSize(4);
  }

  private static MessageTopologySpec retain(int replicas) {
    return Serialization.unmarshal(
        "nodes: {replicas: %d, replaceAfter: 60s, storage: {size: 10Gi, onDelete: Retain}}"
            .formatted(replicas),
        MessageTopologySpec.class);
  }
}
