package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.nodes.RemovalRun.nodes;
import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that are lost with their machine or volume. */
class LostNodeRemovalTest {

  private final RemovalRun run = new RemovalRun();
  private final InMemoryCluster cluster = run.cluster();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aLostNodeIsRecordedIsolatedForgottenAndReplaced(int n) {
    cluster.converge(nodes(3));
    cluster.observe();
    cluster.faults().silence(cluster.machineOf(n));
    run.until(nodes(3), () -> cluster.brokerNodes().size() == 3 && !run.listed(n));
    run.converge(nodes(3));

    assertThat(run.done())
        .containsSubsequence(
            "record LOST " + n,
            "Delete Pod orders-" + n,
            "Mark Pod orders-" + n,
            "ForgetNode " + n,
            "Delete PersistentVolumeClaim data-orders-" + n);
    assertThat(cluster.names("Pod")).as("it ends with its machine").contains(NAMES.node(n));
    run.assertNodes(others(n, 3));
    assertThat(run.removal().replacedBy()).isEqualTo(3);
    assertThat(run.removal().isDone()).isTrue();

    cluster.faults().bringBack(cluster.machineOf(n));
    run.converge(nodes(3));
    assertThat(cluster.names("Pod")).doesNotContain(NAMES.node(n));
    assertThat(cluster.names("PersistentVolumeClaim")).doesNotContain(NAMES.volume(n));
    run.assertNodes(others(n, 3));
  }

  @Test
  void theRemovalIsRecordedFirst() {
    cluster.converge(nodes(3));
    run.lose(1);
    ReconcilePlan plan = cluster.plan(nodes(3));

    assertThat(plan.nodes().getFirst().object().getMetadata().getName())
        .isEqualTo("orders-membership");
    assertThat(plan.nodes())
        .noneMatch(action -> action instanceof Delete || action instanceof Mark);
    assertThat(plan.broker()).isEmpty();
    assertThat(plan.removal()).map(NodeRemoval::node).contains(1);
  }

  @Test
  void aLostNodeIsForgottenOnlyWhenItsNameCannotBeResolved() {
    cluster.converge(nodes(3));
    run.lose(1);
    run.step(nodes(3));
    run.step(nodes(3));
    Observation seen = cluster.observe();
    assertThat(seen.resolvable()).containsExactly(1);
    assertThat(cluster.plan(nodes(3)).broker()).doesNotContain(new ForgetNode(NAMES.brokerNode(1)));
    cluster.advance(Duration.ofSeconds(12));

    assertThat(cluster.plan(nodes(3)).broker()).contains(new ForgetNode(NAMES.brokerNode(1)));
  }

  @Test
  void aNameThatStaysResolvableDelaysForgettingByAMinuteAtMost() {
    cluster.converge(nodes(3));
    cluster.cacheNamesFor(Duration.ofDays(1));
    run.lose(1);
    run.step(nodes(3));
    run.step(nodes(3));
    cluster.advance(Duration.ofSeconds(50));
    assertThat(cluster.plan(nodes(3)).broker()).doesNotContain(new ForgetNode(NAMES.brokerNode(1)));
    cluster.advance(Duration.ofSeconds(10));

    assertThat(cluster.plan(nodes(3)).broker()).contains(new ForgetNode(NAMES.brokerNode(1)));
  }

  @Test
  void theNameOfALostNodeIsRemovedInOnePass() {
    cluster.converge(nodes(3));
    run.lose(1);
    run.step(nodes(3));
    run.step(nodes(3));

    assertThat(run.done()).contains("Delete Pod orders-1", "Mark Pod orders-1");
    QueueNode lost = cluster.observe().nodes().get(1);
    assertThat(lost.isTerminating()).isTrue();
    assertThat(lost.isInService()).isFalse();
  }

  @Test
  void aLostNodeThatReturnsBeforeItIsForgottenLeavesAsARunningOne() {
    cluster.converge(nodes(3));
    run.lose(1);
    run.step(nodes(3));
    cluster.faults().bringBack(cluster.machineOf(1));
    cluster.settle();
    run.converge(nodes(3));

    assertThat(run.done()).containsSubsequence("record LOST 1", "StopNode 1", "ForgetNode 1");
    run.assertNodes(Set.of(0, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void aLostNodeCanReturnAtAnyStep(int steps) {
    cluster.converge(nodes(3));
    String machine = cluster.machineOf(2);
    run.lose(2);
    for (int i = 0; i < steps; i++) {
      run.step(nodes(3));
    }
    cluster.faults().bringBack(machine);
    run.converge(nodes(3));

    run.assertNodes(steps == 0 ? Set.of(0, 1, 2) : Set.of(0, 1, 3));
  }

  @Test
  void withoutAMajorityALostNodeKeepsItsPod() {
    cluster.converge(nodes(3));
    run.lose(1);
    run.step(nodes(3));
    cluster.faults().crashAlways("orders-0");
    for (int i = 0; i < 20; i++) {
      run.step(nodes(3));
    }
    assertThat(run.done()).doesNotContain("Delete Pod orders-1", "ForgetNode 1");

    cluster.faults().bringBack(cluster.machineOf(1));
    cluster.settle();
    assertThat(cluster.brokerNodes()).containsEntry(NAMES.brokerNode(1), true);
    cluster.faults().stopCrashing("orders-0");
    run.converge(nodes(3));
    run.assertNodes(Set.of(0, 2, 3));
  }

  @Test
  void aLeavingNodeReturnsIfTheOthersHaveNoMajority() {
    cluster.converge(nodes(3));
    run.lose(1);
    run.step(nodes(3));
    run.step(nodes(3));
    assertThat(cluster.observe().nodes().get(1).isTerminating()).isTrue();
    cluster.faults().crashAlways("orders-0");
    cluster.faults().crashAlways("orders-3");
    cluster.faults().bringBack(cluster.machineOf(1));
    for (int i = 0; i < 6; i++) {
      run.step(nodes(3));
    }

    assertThat(cluster.brokerNodes()).containsEntry(NAMES.brokerNode(1), true);
  }

  @Test
  void aGivenUpLostNodeIsForgottenAlthoughItHasTheOnlyMemberOfAQueue() {
    cluster.converge(nodes(3));
    cluster.broker().declareAsClassic("old");
    int n = NAMES.number(cluster.members().get("old").iterator().next()).orElseThrow();
    run.lose(n);
    cluster.giveUp(NAMES.node(n));
    run.converge(nodes(3));

    run.assertNodes(others(n, 3));
    assertThat(cluster.members()).doesNotContainKey("old");
  }

  /** Only its Pod showed that it was blank, and the Pod is gone with the machine. */
  @Test
  void aBlankNodeOnALostMachineIsForgottenAlthoughItHadTheOnlyMemberOfAQueue() {
    cluster.converge(nodes(4));
    cluster.broker().declareClassicOn("old", 0);
    cluster.faults().emptyVolume(0);
    run.until(nodes(4), () -> run.done().contains("record LOST 0"));
    cluster.faults().destroy(cluster.machineOf(0));
    run.converge(nodes(4));

    run.assertNodes(Set.of(1, 2, 3, 4));
    assertThat(run.removal().isDone()).isTrue();
    assertThat(cluster.members()).doesNotContainKey("old");
  }

  @Test
  void theVolumeOfARemovedNodeIsDeletedEvenIfANewOneCannotBeCreated() {
    cluster.converge(nodes(3));
    run.lose(1);
    for (int i = 0; i < 20; i++) {
      ReconcilePlan plan = cluster.plan(nodes(3));
      // As if a quota refused the new claim: later actions are not done.
      int until =
          plan.nodes().stream()
              .takeWhile(
                  action ->
                      !(action instanceof Create
                          && action.object().getKind().equals("PersistentVolumeClaim")))
              .toList()
              .size();
      cluster.carryOut(plan, plan.certificates().actions().size() + plan.support().size() + until);
      if (until == plan.nodes().size() || plan.broker().size() > 0) {
        plan.broker().forEach(cluster::applyToBroker);
      }
      cluster.settle();
    }

    assertThat(cluster.observe().nodes().values())
        .filteredOn(QueueNode::hasVolume)
        .extracting(QueueNode::number)
        .containsExactly(0, 2);
  }

  @Test
  void aRemovalWaitsWhileTheBrokerDoesNotAnswer() {
    cluster.converge(nodes(3));
    run.lose(1);
    run.step(nodes(3));
    cluster.setReachable(false);
    for (int i = 0; i < 50; i++) {
      ReconcilePlan plan = run.step(nodes(3));
      assertThat(plan.broker()).isEmpty();
      assertThat(plan.nodes())
          .noneMatch(action -> action instanceof Delete || action instanceof Mark);
    }
    cluster.setReachable(true);
    run.converge(nodes(3));
    run.assertNodes(Set.of(0, 2, 3));
  }

  @Test
  void twoLostNodesAreReplacedOneByOneOnceTheyAreGivenUp() {
    MessageTopologySpec five = Specs.of(5, "", "queues: [{name: q, type: quorum, members: 5}]");
    cluster.converge(five);
    cluster.observe();
    String machine = cluster.machineOf(3);
    cluster.faults().destroy(cluster.machineOf(1));
    cluster.faults().destroy(machine);
    run.converge(five);
    run.assertHeld(five, "No node is replaced while so many are lost at once");

    cluster.giveUp("orders-1");
    run.converge(five);
    assertThat(cluster.brokerNodes())
        .hasSize(5)
        .doesNotContainKeys(NAMES.brokerNode(1), NAMES.brokerNode(3))
        .doesNotContainValue(false);
    assertThat(cluster.members().get("q")).isEqualTo(cluster.brokerNodes().keySet());
  }

  private static Set<Integer> others(int n, int next) {
    Set<Integer> all = new TreeSet<>(Set.of(0, 1, 2, next));
    all.remove(n);
    return all;
  }
}
