package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.NodeRemoval.Phase;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that go for good; what must never happen on the way is checked by the cluster itself. */
class NodeRemovalPlannerTest {

  private static final String QUEUES =
      "queues: [{name: q, type: quorum}, {name: r, type: quorum}, {name: s, type: stream}]";

  private final InMemoryCluster cluster = new InMemoryCluster();
  private final List<String> done = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aLostNodeIsRecordedTakenOutForgottenAndReplacedByANewIdentity(int n) {
    cluster.converge(nodes(3));
    cluster.observe();
    cluster.faults().silence(cluster.machineOf(n));
    runUntil(nodes(3), () -> cluster.brokerNodes().size() == 3 && !listed(n));
    converge(nodes(3));

    assertThat(done)
        .containsSubsequence(
            "record LOST " + n,
            "Delete Pod orders-" + n,
            "Mark Pod orders-" + n,
            "ForgetNode " + n,
            "Delete PersistentVolumeClaim data-orders-" + n);
    assertThat(cluster.names("Pod")).as("it ends with its machine").contains(NAMES.node(n));
    assertNodes(others(n, 3));
    assertThat(removal().replacedBy()).isEqualTo(3);
    assertThat(removal().isDone()).isTrue();

    cluster.faults().bringBack(cluster.machineOf(n));
    converge(nodes(3));
    assertThat(cluster.names("Pod")).doesNotContain(NAMES.node(n));
    assertThat(cluster.names("PersistentVolumeClaim")).doesNotContain(NAMES.volume(n));
    assertNodes(others(n, 3));
  }

  @Test
  void nothingIsDoneBeforeItIsRecorded() {
    cluster.converge(nodes(3));
    lose(1);
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
    lose(1);
    step(nodes(3));
    step(nodes(3));
    Observation seen = cluster.observe();
    assertThat(seen.resolvable()).containsExactly(1);
    assertThat(cluster.plan(nodes(3)).broker()).doesNotContain(new ForgetNode(NAMES.brokerNode(1)));
    cluster.pass(Duration.ofSeconds(12));

    assertThat(cluster.plan(nodes(3)).broker()).contains(new ForgetNode(NAMES.brokerNode(1)));
  }

  @Test
  void aNameThatStaysResolvableDelaysForgettingByAMinuteAtMost() {
    cluster.converge(nodes(3));
    cluster.cacheNamesFor(Duration.ofDays(1));
    lose(1);
    step(nodes(3));
    step(nodes(3));
    cluster.pass(Duration.ofSeconds(50));
    assertThat(cluster.plan(nodes(3)).broker()).doesNotContain(new ForgetNode(NAMES.brokerNode(1)));
    cluster.pass(Duration.ofSeconds(10));

    assertThat(cluster.plan(nodes(3)).broker()).contains(new ForgetNode(NAMES.brokerNode(1)));
  }

  @Test
  void theNameOfALostNodeIsGoneInOnePassAlthoughEachWriteChangesThePod() {
    cluster.converge(nodes(3));
    lose(1);
    step(nodes(3));
    step(nodes(3));

    assertThat(done).contains("Delete Pod orders-1", "Mark Pod orders-1");
    QueueNode lost = cluster.observe().nodes().get(1);
    assertThat(lost.isTerminating()).isTrue();
    assertThat(lost.isInService()).isFalse();
  }

  @Test
  void aLostNodeThatIsBackBeforeItIsForgottenLeavesAsARunningOneDoes() {
    cluster.converge(nodes(3));
    lose(1);
    step(nodes(3));
    cluster.faults().bringBack(cluster.machineOf(1));
    cluster.settle();
    converge(nodes(3));

    assertThat(done).containsSubsequence("record LOST 1", "StopNode 1", "ForgetNode 1");
    assertNodes(Set.of(0, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void aLostNodeMayComeBackAtAnyStep(int steps) {
    cluster.converge(nodes(3));
    String machine = cluster.machineOf(2);
    lose(2);
    for (int i = 0; i < steps; i++) {
      step(nodes(3));
    }
    cluster.faults().bringBack(machine);
    converge(nodes(3));

    assertNodes(steps == 0 ? Set.of(0, 1, 2) : Set.of(0, 1, 3));
  }

  @Test
  void withoutAMajorityALostNodeKeepsItsPod() {
    cluster.converge(nodes(3));
    lose(1);
    step(nodes(3));
    cluster.faults().crashAlways("orders-0");
    for (int i = 0; i < 20; i++) {
      step(nodes(3));
    }
    assertThat(done).doesNotContain("Delete Pod orders-1", "ForgetNode 1");

    cluster.faults().bringBack(cluster.machineOf(1));
    cluster.settle();
    assertThat(cluster.brokerNodes()).containsEntry(NAMES.brokerNode(1), true);
    cluster.faults().crashNoMore("orders-0");
    converge(nodes(3));
    assertNodes(Set.of(0, 2, 3));
  }

  @Test
  void aNodeThatLeavesComesBackIfTheOthersAreTooFewWithoutIt() {
    cluster.converge(nodes(3));
    lose(1);
    step(nodes(3));
    step(nodes(3));
    assertThat(cluster.observe().nodes().get(1).isTerminating()).isTrue();
    cluster.faults().crashAlways("orders-0");
    cluster.faults().crashAlways("orders-3");
    cluster.faults().bringBack(cluster.machineOf(1));
    for (int i = 0; i < 6; i++) {
      step(nodes(3));
    }

    assertThat(cluster.brokerNodes()).containsEntry(NAMES.brokerNode(1), true);
  }

  @Test
  void aNodeGivenUpByHandLeavesOnlyWhenTheOneInItsPlaceHasAllItsMembers() {
    cluster.converge(nodes(3));
    cluster.giveUp("orders-1");
    converge(nodes(3));

    assertThat(done)
        .containsSubsequence(
            "record GIVEN_UP 1",
            "Create Pod orders-3",
            "AddMember 3",
            "Mark Pod orders-1",
            "StopNode 1",
            "ForgetNode 1",
            "Delete Pod orders-1");
    assertNodes(Set.of(0, 2, 3));
    assertThat(removal().kind()).isEqualTo(Kind.GIVEN_UP);
    assertThat(removal().replacedBy()).isEqualTo(3);
  }

  @Test
  void theOnlyNodeIsReplacedByHandWithoutAMomentWithoutNodes() {
    cluster.converge(nodes(1));
    cluster.guardMajority();
    cluster.giveUp("orders-0");
    converge(nodes(1));

    assertThat(done).containsSubsequence("AddMember 1", "StopNode 0", "ForgetNode 0");
    assertNodes(Set.of(1));
  }

  @Test
  void aNodeGivenUpStaysUntilTheOneInItsPlaceHasJoined() {
    cluster.converge(nodes(3));
    cluster.startNodesSlowly(0);
    cluster.giveUp("orders-1");
    for (int i = 0; i < 60; i++) {
      step(nodes(3));
    }

    assertThat(done).doesNotContain("RemoveMember 1", "StopNode 1");
    assertThat(cluster.observe().nodes().get(1).isInService()).isTrue();
    assertThat(cluster.members().get("q")).hasSize(3);
    assertThat(cluster.plan(nodes(3)).nodeProblems())
        .extracting(Problem::reason)
        .contains(Reason.NODE_LEAVING);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void theNodeInTheOthersPlaceMayBeOnTheSameMachineSoThatTheyStaySpread(int n) {
    cluster.converge(nodes(3));
    String machine = cluster.machineOf(n);
    cluster.giveUp(NAMES.node(n));
    converge(nodes(3));

    assertThat(cluster.machineOf(3)).isEqualTo(machine);

    cluster.delete("PersistentVolumeClaim", NAMES.volume(3));
    cluster.delete("Pod", NAMES.node(3));
    converge(nodes(3));
    assertThat(cluster.machineOf(4)).isEqualTo(machine);
  }

  @Test
  void aNodeStaysIfItsAnnotationIsTakenBackWhileItRuns() {
    cluster.converge(nodes(3));
    cluster.giveUp("orders-1");
    runUntil(nodes(3), () -> done.contains("Mark Pod orders-1"));
    cluster.unannotate("orders-1");
    converge(nodes(3));

    // The one that came in its place is the newest of too many.
    assertNodes(Set.of(0, 1, 2));
    assertThat(cluster.observe().nodes().get(1).isInService()).isTrue();
  }

  @Test
  void aNodeGivenUpGoesEvenIfItsPodIsMadeAgainMeanwhile() {
    cluster.converge(nodes(1));
    cluster.giveUp("orders-0");
    runUntil(nodes(1), () -> done.contains("record GIVEN_UP 0"));
    cluster.delete("Pod", "orders-0");
    converge(nodes(1));

    assertNodes(Set.of(1));
  }

  @Test
  void aLostNodeThatIsGivenUpIsForgottenAlthoughItHasTheOnlyCopyOfAQueue() {
    cluster.converge(nodes(3));
    cluster.broker().declareAsClassic("old");
    int n = NAMES.number(cluster.members().get("old").iterator().next()).orElseThrow();
    lose(n);
    cluster.giveUp(NAMES.node(n));
    converge(nodes(3));

    assertNodes(others(n, 3));
    assertThat(cluster.members()).doesNotContainKey("old");
  }

  /** That it was blank is known from its Pod, which is gone with the machine. */
  @Test
  void aBlankNodeWhoseMachineIsLostTooIsForgottenAlthoughAQueueWasOnlyThere() {
    cluster.converge(nodes(4));
    cluster.broker().declareClassicOn("old", 0);
    cluster.faults().emptyVolume(0);
    runUntil(nodes(4), () -> done.contains("record LOST 0"));
    cluster.faults().destroy(cluster.machineOf(0));
    converge(nodes(4));

    assertNodes(Set.of(1, 2, 3, 4));
    assertThat(removal().isDone()).isTrue();
    assertThat(cluster.members()).doesNotContainKey("old");
  }

  @Test
  void aRunningNodeThatLeavesStaysIfAnotherIsLostMeanwhile() {
    cluster.converge(nodes(4));
    cluster.startNodesSlowly(0);
    cluster.giveUp("orders-1");
    for (int i = 0; i < 5; i++) {
      step(nodes(4));
    }
    cluster.startNodesSlowly(9);
    cluster.faults().silence(cluster.machineOf(0));
    converge(nodes(4));

    assertThat(done).containsSubsequence("record GIVEN_UP 1", "record LOST 0", "ForgetNode 0");
    assertThat(done).containsSubsequence("ForgetNode 0", "record GIVEN_UP 1", "ForgetNode 1");
    assertThat(cluster.brokerNodes()).hasSize(4).doesNotContainValue(false);
  }

  @Test
  void aNodeThatDoesNotLeaveAfterAllIsInServiceAgain() {
    cluster.converge(nodes(4));
    runUntil(nodes(3), () -> done.contains("Mark Pod orders-3"));
    cluster.faults().silence(cluster.machineOf(0));
    converge(nodes(3));

    assertThat(done).containsSubsequence("record SURPLUS 3", "record LOST 0", "ForgetNode 0");
    assertNodes(Set.of(1, 2, 3));
    assertThat(cluster.observe().nodes().get(3).isInService()).isTrue();
  }

  @Test
  void aClassicQueueThatAppearsOnALeavingNodeKeepsItThere() {
    cluster.converge(nodes(4));
    runUntil(nodes(3), () -> done.contains("record SURPLUS 3"));
    cluster.broker().declareClassicOn("old", 3);
    converge(nodes(3));

    assertThat(cluster.members().get("old")).containsExactly(NAMES.brokerNode(3));
    assertNodes(Set.of(0, 1, 3));
  }

  @Test
  void threeFiveThreeOneAndThreeAgain() {
    for (int replicas : new int[] {3, 5, 3, 1, 3}) {
      converge(nodes(replicas));
      cluster.guardMajority();
      assertThat(cluster.brokerNodes()).hasSize(replicas).doesNotContainValue(false);
      for (String queue : List.of("q", "r", "s")) {
        assertThat(cluster.members().get(queue)).hasSize(Math.min(3, replicas));
      }
      assertThat(cluster.names("PersistentVolumeClaim")).hasSize(replicas);
      assertThat(cluster.names("Pod")).hasSize(replicas);
    }

    assertNodes(Set.of(0, 5, 6));
    assertThat(done)
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
  void theLastTwoNodesBecomeOneAlthoughOneOfTwoIsNoMajority() {
    cluster.converge(nodes(2));
    runUntil(nodes(1), () -> !cluster.plan(nodes(1)).broker().isEmpty() && isStopped());
    ReconcilePlan plan = cluster.plan(nodes(1));
    // Killed between the two.
    int before = plan.support().size() + plan.nodes().size();
    cluster.carryOut(plan, before + plan.broker().indexOf(new StopNode(NAMES.brokerNode(1))) + 1);
    cluster.settle();
    assertThat(cluster.brokerNodes()).containsEntry(NAMES.brokerNode(1), false);
    converge(nodes(1));

    assertNodes(Set.of(0));
  }

  @Test
  void aStoppedNodeWhosePodIsDeletedBeforeItIsForgottenComesBackToBeForgotten() {
    cluster.converge(nodes(2));
    runUntil(nodes(1), this::isStopped);
    ReconcilePlan plan = cluster.plan(nodes(1));
    int before = plan.support().size() + plan.nodes().size();
    cluster.carryOut(plan, before + plan.broker().indexOf(new StopNode(NAMES.brokerNode(1))) + 1);
    cluster.delete("Pod", "orders-1");
    converge(nodes(1));

    assertNodes(Set.of(0));
  }

  @Test
  void aNodeThatGotAQueueOfItsOwnAtTheLastMomentComesBackAndAnotherGoes() {
    cluster.converge(nodes(4));
    MessageTopologySpec three = nodes(3);
    runUntil(three, () -> cluster.plan(three).broker().contains(new StopNode(NAMES.brokerNode(3))));
    ReconcilePlan plan = cluster.plan(three);
    cluster.broker().declareClassicOn("late", 3);
    cluster.carryOut(plan, Integer.MAX_VALUE);
    cluster.settle();
    assertThat(cluster.brokerNodes()).containsEntry(NAMES.brokerNode(3), false);

    converge(three);

    assertThat(cluster.members()).containsEntry("late", Set.of(NAMES.brokerNode(3)));
    assertNodes(Set.of(0, 1, 3));
  }

  @Test
  void aNodeThatWasStoppedToLeaveStartsAgainWhenNothingSaysAnyMoreThatItLeaves() {
    cluster.converge(nodes(1));
    cluster.giveUp("orders-0");
    StopNode stop = new StopNode(NAMES.brokerNode(0));
    runUntil(nodes(1), () -> cluster.plan(nodes(1)).broker().contains(stop));
    cluster.carryOut(cluster.plan(nodes(1)), Integer.MAX_VALUE);
    cluster.delete("ConfigMap", "orders-membership");

    converge(nodes(1));

    assertThat(cluster.brokerNodes()).hasSize(1).doesNotContainValue(false);
  }

  private boolean isStopped() {
    return cluster.plan(nodes(1)).broker().stream().anyMatch(StopNode.class::isInstance);
  }

  @Test
  void whoeverHoldsAQueueAloneStaysAndAnotherGoes() {
    cluster.converge(nodes(3));
    cluster.broker().declareClassicOn("old", 2);
    converge(nodes(2));

    assertNodes(Set.of(0, 2));
  }

  @Test
  void scalingDownIsHeldWhenEveryNodeHoldsAQueueAlone() {
    cluster.converge(nodes(2));
    cluster.broker().declareClassicOn("a", 0);
    cluster.broker().declareClassicOn("b", 1);

    assertHeld(nodes(1), "each holds the only copy of a queue, orders-1 that of 'b'");
  }

  @Test
  void scalingDownIsHeldWhileAQueueLacksAMemberOrNodesAreDown() {
    cluster.converge(nodes(4));
    cluster.members().get("q").remove(NAMES.brokerNode(0));
    assertThat(cluster.plan(nodes(3)).nodeProblems())
        .extracting(Problem::message)
        .contains("The next node is removed when every queue has all its members");

    cluster.faults().crashAlways("orders-1");
    cluster.faults().crashAlways("orders-2");
    assertHeld(nodes(3), "No node is removed while 2 nodes do not run");
  }

  @Test
  void ofTooManyNodesOneThatDoesNotRunGoesFirst() {
    cluster.converge(nodes(4));
    cluster.faults().crashAlways("orders-1");
    converge(nodes(3));

    assertNodes(Set.of(0, 2, 3));
  }

  @Test
  void aSurplusNodeThatNeverJoinedIsClearedAway() {
    cluster.converge(nodes(3));
    cluster.startNodesSlowly(0);
    step(nodes(5));
    step(nodes(5));
    cluster.startNodesSlowly(9);
    cluster.faults().silence("m3");
    cluster.faults().silence("m4");
    converge(nodes(3));

    assertNodes(Set.of(0, 1, 2));
    assertThat(cluster.names("PersistentVolumeClaim")).contains("data-orders-0").hasSize(5);
    cluster.faults().bringBack("m3");
    cluster.faults().bringBack("m4");
    converge(nodes(3));
    assertThat(cluster.names("PersistentVolumeClaim")).hasSize(3);
  }

  @Test
  void aSurplusNodeThatJoinsInTheLastMomentIsForgottenBeforeItIsClearedAway() {
    cluster.converge(nodes(3));
    cluster.startNodesSlowly(0);
    step(nodes(4));
    cluster.settle();
    runUntil(nodes(3), () -> cluster.record().contains("forgottenAt"));
    cluster.startNodesSlowly(9);
    cluster.settle();
    assertThat(listed(3)).isTrue();
    converge(nodes(3));

    assertThat(done).contains("StopNode 3", "ForgetNode 3");
    assertNodes(Set.of(0, 1, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void moreNodesMayBeWantedAgainAtAnyStepOfARemoval(int steps) {
    cluster.converge(nodes(4));
    for (int i = 0; i < steps; i++) {
      step(nodes(3));
    }
    converge(nodes(5));

    assertThat(cluster.brokerNodes()).hasSize(5).doesNotContainValue(false);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
  void theRecordMayBeDeletedAtAnyStepOfARemoval(int steps) {
    cluster.converge(nodes(3));
    lose(1);
    for (int i = 0; i < steps; i++) {
      step(nodes(3));
    }
    cluster.delete("ConfigMap", "orders-membership");
    converge(nodes(3));

    assertNodes(Set.of(0, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theRecordMayBeDeletedAtAnyStepOfScalingDown(int steps) {
    cluster.converge(nodes(4));
    for (int i = 0; i < steps; i++) {
      step(nodes(3));
    }
    cluster.delete("ConfigMap", "orders-membership");
    converge(nodes(3));

    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
    assertThat(cluster.observe().nodes().values()).allMatch(QueueNode::isInService);
  }

  @Test
  void volumesThatAreKeptAreRetiredAndTheirNumbersNotUsedAgain() {
    MessageTopologySpec retain = retain(4);
    cluster.converge(retain);
    converge(retain(3));

    assertThat(cluster.names("PersistentVolumeClaim")).contains("data-orders-3").hasSize(4);
    assertThat(
            cluster
                .get("PersistentVolumeClaim", "data-orders-3")
                .path("metadata")
                .path("labels")
                .path(Labels.RETIRED)
                .asText())
        .isEqualTo("true");
    assertThat(done).doesNotContain("Delete PersistentVolumeClaim data-orders-3");
    converge(retain(4));
    assertNodes(Set.of(0, 1, 2, 4));
  }

  @Test
  void theRemovedNodesVolumeIsClearedAwayEvenIfTheNewOneCannotBeMade() {
    cluster.converge(nodes(3));
    lose(1);
    for (int i = 0; i < 20; i++) {
      ReconcilePlan plan = cluster.plan(nodes(3));
      // As if the quota allowed no further claim: whatever comes after it is not done.
      int until =
          plan.nodes().stream()
              .takeWhile(
                  action ->
                      !(action instanceof Create
                          && action.object().getKind().equals("PersistentVolumeClaim")))
              .toList()
              .size();
      cluster.carryOut(plan, plan.support().size() + until);
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
  void noNodeIsRestartedWhileAnotherLeaves() {
    MessageTopologySpec changed = Specs.of(3, "config: log.console.level = debug", QUEUES);
    cluster.converge(nodes(4));
    runUntil(nodes(3), () -> done.contains("record SURPLUS 3"));
    done.clear();
    runUntil(changed, () -> done.contains("ForgetNode 3"));

    assertThat(done).noneMatch(action -> action.startsWith("Delete Pod"));
    converge(changed);
    assertNodes(Set.of(0, 1, 2));
  }

  @Test
  void nothingThatLeavesGoesOnWhileTheBrokerDoesNotAnswer() {
    cluster.converge(nodes(3));
    lose(1);
    step(nodes(3));
    cluster.setReachable(false);
    for (int i = 0; i < 50; i++) {
      ReconcilePlan plan = step(nodes(3));
      assertThat(plan.broker()).isEmpty();
      assertThat(plan.nodes())
          .noneMatch(action -> action instanceof Delete || action instanceof Mark);
    }
    cluster.setReachable(true);
    converge(nodes(3));
    assertNodes(Set.of(0, 2, 3));
  }

  @Test
  void twoMachinesThatAreLostAreReplacedOneAfterTheOtherOnceTheyAreGivenUp() {
    MessageTopologySpec five = Specs.of(5, "", "queues: [{name: q, type: quorum, members: 5}]");
    cluster.converge(five);
    cluster.observe();
    String machine = cluster.machineOf(3);
    cluster.faults().destroy(cluster.machineOf(1));
    cluster.faults().destroy(machine);
    converge(five);
    assertHeld(five, "No node is replaced while so many are lost at once");

    cluster.giveUp("orders-1");
    converge(five);
    assertThat(cluster.brokerNodes())
        .hasSize(5)
        .doesNotContainKeys(NAMES.brokerNode(1), NAMES.brokerNode(3))
        .doesNotContainValue(false);
    assertThat(cluster.members().get("q")).isEqualTo(cluster.brokerNodes().keySet());
  }

  @Test
  void leavingNodesGiveUpTheirMembersOnlyWhenTheOthersHaveThem() {
    cluster.converge(Specs.of(5, "", "queues: [{name: q, type: quorum, members: 5}]"));
    MessageTopologySpec four = Specs.of(4, "", "queues: [{name: q, type: quorum, members: 5}]");
    runUntil(four, () -> done.contains("ForgetNode 4"));

    assertThat(done).containsSubsequence("RemoveMember 4", "StopNode 4", "ForgetNode 4");
    converge(four);
    assertThat(cluster.members().get("q")).hasSize(4);
  }

  /** What the operator finds out about a removal while it goes on. */
  static Stream<Arguments> removals() {
    List<Phase> end = List.of(Phase.FORGETTING, Phase.FORGOTTEN, Phase.CLEARING, Phase.DONE);
    return Stream.of(
        Arguments.of(Kind.LOST, phases(List.of(Phase.DECIDED, Phase.ISOLATING), end)),
        Arguments.of(
            Kind.GIVEN_UP,
            phases(
                List.of(
                    Phase.DECIDED,
                    Phase.AWAITING_REPLACEMENT,
                    Phase.AWAITING_MEMBERS,
                    Phase.DRAINING,
                    Phase.STOPPING),
                end)),
        Arguments.of(
            Kind.SURPLUS, phases(List.of(Phase.DECIDED, Phase.DRAINING, Phase.STOPPING), end)));
  }

  private static List<Phase> phases(List<Phase> begin, List<Phase> end) {
    return Stream.concat(begin.stream(), end.stream()).toList();
  }

  /**
   * After one action, then after two, and so on: after one each time, no new node would ever be
   * created.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("removals")
  void anOperatorThatIsKilledAfterEveryActionGoesOn(Kind kind, List<Phase> expected) {
    MessageTopologySpec spec = begin(kind);
    List<Phase> seen = new ArrayList<>();
    int quiet = 0;
    for (int i = 0; i < 1000 && quiet < 3; i++) {
      ReconcilePlan plan = cluster.plan(spec);
      cluster.carryOut(plan, 1 + i % 4);
      boolean moved = cluster.settle();
      recorded().map(NodeRemoval::phase).ifPresent(seen::add);
      quiet = plan.isEmpty() && !moved ? quiet + 1 : 0;
    }

    assertThat(seen).containsSubsequence(expected).endsWith(Phase.DONE);
    assertThat(removal().kind()).isEqualTo(kind);
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
    assertThat(cluster.members().values()).allSatisfy(copies -> assertThat(copies).hasSize(3));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("removals")
  void aRemovalWaitsInEachPhaseUntilItsRecordIsWritten(Kind kind, List<Phase> expected) {
    MessageTopologySpec spec = begin(kind);
    List<Phase> seen = new ArrayList<>();
    for (int i = 0; i < 300 && !seen.contains(Phase.DONE); i++) {
      cluster.refuseRecord(true);
      Optional<NodeRemoval> before = recorded();
      ReconcilePlan plan = cluster.plan(spec);
      cluster.carryOut(plan, Integer.MAX_VALUE);
      assertThat(recorded()).isEqualTo(before);
      cluster.refuseRecord(false);
      cluster.step(spec);
      recorded().map(NodeRemoval::phase).ifPresent(seen::add);
    }

    // Queues get members meanwhile: that destroys nothing.
    List<Phase> recorded =
        expected.stream().filter(phase -> phase != Phase.AWAITING_MEMBERS).toList();
    assertThat(seen).containsSubsequence(recorded);
    converge(spec);
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
  }

  private MessageTopologySpec begin(Kind kind) {
    cluster.converge(nodes(kind == Kind.SURPLUS ? 4 : 3));
    switch (kind) {
      case LOST -> lose(1);
      case GIVEN_UP -> cluster.giveUp("orders-1");
      case SURPLUS -> {
        // That fewer nodes are wanted is all that it takes.
      }
    }
    return nodes(3);
  }

  private void lose(int n) {
    cluster.observe();
    cluster.faults().silence(cluster.machineOf(n));
    cluster.observe();
    cluster.pass(Duration.ofSeconds(61));
  }

  private boolean listed(int n) {
    return cluster.brokerNodes().containsKey(NAMES.brokerNode(n));
  }

  private static Set<Integer> others(int n, int next) {
    Set<Integer> all = new TreeSet<>(Set.of(0, 1, 2, next));
    all.remove(n);
    return all;
  }

  private void runUntil(MessageTopologySpec spec, BooleanSupplier reached) {
    for (int i = 0; i < 200 && !reached.getAsBoolean(); i++) {
      step(spec);
    }
    assertThat(reached.getAsBoolean()).as("after %s", done).isTrue();
  }

  private void converge(MessageTopologySpec spec) {
    int quiet = 0;
    for (int i = 0; i < 400 && quiet < 3; i++) {
      quiet = step(spec).isEmpty() ? quiet + 1 : 0;
      if (quiet == 1) {
        cluster.pass(Duration.ofMinutes(2));
      }
    }
    assertThat(quiet).as("it ends: %s", done).isEqualTo(3);
  }

  private ReconcilePlan step(MessageTopologySpec spec) {
    Optional<NodeRemoval> before = recorded();
    ReconcilePlan plan = cluster.step(spec);
    recorded()
        .filter(after -> before.filter(last -> last.node() == after.node()).isEmpty())
        .ifPresent(after -> done.add("record " + after.kind() + " " + after.node()));
    plan.nodes().forEach(action -> done.add(what(action)));
    plan.broker().forEach(action -> what(action).ifPresent(done::add));
    return plan;
  }

  private static String what(KubernetesAction action) {
    return "%s %s %s"
        .formatted(
            action.getClass().getSimpleName(),
            action.object().getKind(),
            action.object().getMetadata().getName());
  }

  private static Optional<String> what(BrokerAction action) {
    Optional<String> node =
        switch (action) {
          case StopNode stop -> Optional.of(stop.node());
          case ForgetNode forget -> Optional.of(forget.node());
          case RemoveMember remove -> Optional.of(remove.node());
          case BrokerAction.AddMember add -> Optional.of(add.node());
          default -> Optional.empty();
        };
    return node.map(
        name -> action.getClass().getSimpleName() + " " + NAMES.number(name).orElseThrow());
  }

  private Optional<NodeRemoval> recorded() {
    return cluster.recordedRemoval();
  }

  private NodeRemoval removal() {
    return recorded().orElseThrow();
  }

  private void assertHeld(MessageTopologySpec spec, String message) {
    ReconcilePlan plan = cluster.plan(spec);
    assertThat(plan.nodes()).isEmpty();
    assertThat(plan.nodeProblems())
        .extracting(Problem::message)
        .anySatisfy(text -> assertThat(text).contains(message));
  }

  private void assertNodes(Set<Integer> numbers) {
    Set<Integer> present = new TreeSet<>();
    cluster.brokerNodes().keySet().forEach(node -> present.add(NAMES.number(node).orElseThrow()));
    assertThat(present).isEqualTo(numbers);
    assertThat(cluster.brokerNodes()).doesNotContainValue(false);
    cluster
        .members()
        .values()
        .forEach(copies -> assertThat(cluster.brokerNodes().keySet()).containsAll(copies));
  }

  private static MessageTopologySpec nodes(int replicas) {
    return Specs.of(replicas, "", QUEUES);
  }

  private static MessageTopologySpec retain(int replicas) {
    return Serialization.unmarshal(
        "nodes: {replicas: %d, replaceAfter: 60s, storage: {size: 10Gi, onDelete: Retain}}"
            .formatted(replicas),
        MessageTopologySpec.class);
  }
}
