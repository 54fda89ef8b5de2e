package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nodes that share a machine. At first, after the loss of m2 and its return, nodes 0 and 3 are on
 * m0, and node 1 is on m1.
 */
class MovedNodeTest {

  private static final MessageTopologySpec SPEC = spec("");

  private final RemovalRun run = new RemovalRun(3);
  private final InMemoryCluster cluster = run.cluster();

  private static MessageTopologySpec spec(String nodes) {
    return Specs.of(3, nodes, RemovalRun.QUEUES);
  }

  @BeforeEach
  void twoNodesShareAMachineAndAnotherIsBack() {
    cluster.converge(SPEC);
    cluster.guardMajority();
    run.lose(2);
    cluster.converge(SPEC);
    assertThat(cluster.onMachine("m0")).hasSize(2);
    cluster.faults().bringBack("m2");
    run.done().clear();
  }

  @Test
  void theNewerNodeMovesWhenTheMachineHasBeenWellForSomeTime() {
    step(Duration.ofMinutes(4));
    assertThat(run.done()).isEmpty();
    assertThat(reported(SPEC))
        .startsWith("orders-0 and orders-3 are on one machine, m0; one of them moves when m2 has")
        .contains(" well for 5m, since 2026-");

    step(Duration.ofMinutes(2));
    run.converge(SPEC);

    assertThat(run.done())
        .containsSubsequence(
            "record MOVED 3",
            "Create Pod orders-4",
            "AddMember 4",
            "RemoveMember 3",
            "StopNode 3",
            "ForgetNode 3",
            "Delete Pod orders-3");
    run.assertNodes(Set.of(0, 1, 4));
    assertThat(cluster.machineOf(4)).isEqualTo("m2");
    assertThat(run.removal().replacedBy()).isEqualTo(4);
    assertThat(cluster.plan(SPEC).nodeProblems()).isEmpty();
  }

  @Test
  void queuesNeverHaveFewerMembersThanBefore() {
    cluster.advance(Duration.ofMinutes(6));
    for (int i = 0; i < 60; i++) {
      run.step(SPEC);
      assertThat(cluster.members().values())
          .allSatisfy(all -> assertThat(all).hasSizeGreaterThanOrEqualTo(3));
    }
    run.assertNodes(Set.of(0, 1, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void anOperatorThatIsKilledAfterSomeActionsContinues(int actions) {
    cluster.advance(Duration.ofMinutes(6));
    run.step(SPEC);
    for (int i = 0; i < 60; i++) {
      cluster.carryOut(cluster.plan(SPEC), 1 + (actions + i) % 4);
      cluster.settle();
      cluster.restartOperator();
    }
    run.converge(SPEC);

    assertThat(moves()).isEqualTo(1);
    assertThat(cluster.onMachine("m2")).hasSize(1).doesNotContain(NAMES.brokerNode(3));
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
    assertThat(cluster.members().values()).allSatisfy(all -> assertThat(all).hasSize(3));
    assertThat(cluster.brokerNodes())
        .as("the record names the node that took the place")
        .containsKey(NAMES.brokerNode(run.removal().replacedBy()));
  }

  @Test
  void nothingMovesWhileTheMachineIsCordonedOrFullOrUnknown() {
    cluster.kubernetesNodes().cordon("m2");
    cluster.advance(Duration.ofHours(1));
    run.converge(SPEC);
    assertThat(run.done()).isEmpty();
    assertThat(reported(SPEC)).endsWith("no other machine can take one of them: m2 is cordoned");

    cluster.kubernetesNodes().uncordon("m2");
    assertThat(reported(SPEC)).contains("moves when m2 has been well for 5m");

    cluster.kubernetesNodes().hide("the operator may not list Kubernetes nodes");
    cluster.advance(Duration.ofHours(1));
    assertThat(reported(SPEC)).endsWith("unknown: the operator may not list Kubernetes nodes");
  }

  /** The move of its messages lasts until a user removes renamedFrom. */
  @Test
  void aRenamedQueueThatHasItsMessagesDoesNotHoldUpAMove() {
    MessageTopologySpec renamed =
        Specs.of(3, "", RemovalRun.QUEUES.replace("name: r,", "name: t, renamedFrom: r,"));

    cluster.converge(renamed);

    assertThat(cluster.broker().queues()).containsKeys("r", "t");
    assertThat(cluster.machineOf(4)).isEqualTo("m2");
  }

  @Test
  void theFieldDisablesMoves() {
    MessageTopologySpec never = spec("spreadAfter: never");
    cluster.advance(Duration.ofHours(1));
    run.converge(never);

    assertThat(run.done()).isEmpty();
    assertThat(reported(never)).endsWith("because spec.nodes.spreadAfter is never");
  }

  @Test
  void aMoveEndsAtOnceWhenTheFieldDisablesIt() {
    MessageTopologySpec never = spec("spreadAfter: never");
    cluster.advance(Duration.ofMinutes(6));
    run.until(SPEC, () -> run.done().contains("AddMember 4"));
    run.converge(never);

    run.assertNodes(Set.of(0, 1, 3));
    assertThat(run.done()).contains("StopNode 4").doesNotContain("StopNode 3");
    assertThat(cluster.observe().nodes().get(3).isInService()).isTrue();
    assertThat(cluster.members().values()).allSatisfy(all -> assertThat(all).hasSize(3));
  }

  @Test
  void aSpecOfTheUserThatSpreadsOverRacksOnlyMovesNothing() {
    MessageTopologySpec racks =
        spec(
            "podTemplate: {spec: {topologySpreadConstraints: [{topologyKey: rack, maxSkew: 1,"
                + " whenUnsatisfiable: DoNotSchedule}]}}");
    cluster.advance(Duration.ofHours(1));
    run.converge(racks);

    assertThat(cluster.onMachine("m0")).hasSize(2);
    assertThat(reported(racks)).endsWith("do not name kubernetes.io/hostname");
  }

  @Test
  void aMoveThatKubernetesPutsOnTheSameMachineIsGivenUpBeforeAnythingIsCopied() {
    cluster.kubernetesNodes().prefer("m0");
    cluster.advance(Duration.ofMinutes(6));
    run.until(SPEC, () -> run.done().contains("record MOVED 3"));
    run.until(SPEC, () -> run.done().contains("record SURPLUS 4"));

    assertThat(run.done()).doesNotContain("AddMember 4", "RemoveMember 3");
    converge();
    run.assertNodes(Set.of(0, 1, 3));
    assertThat(reported(SPEC)).contains("; a move was given up at 2026-").contains("again after");
  }

  @Test
  void aMachineWithoutRoomIsTriedThreeTimesAndANewOneOnceMore() {
    cluster.kubernetesNodes().fill("m2");
    cluster.advance(Duration.ofMinutes(6));
    hours(2);

    assertThat(moves()).isEqualTo(3);
    run.assertNodes(Set.of(0, 1, 3));
    assertThat(reported(SPEC))
        .contains("3 moves were given up, the last at 2026-")
        .endsWith("The next one waits for another machine");
    cluster.advance(Duration.ofDays(5));
    hours(1);
    assertThat(moves()).isEqualTo(3);

    cluster.kubernetesNodes().cordon("m2");
    cluster.kubernetesNodes().add("m3");
    hours(1);
    assertThat(moves()).isEqualTo(4);
    assertThat(cluster.onMachine("m3")).hasSize(1);
    assertThat(cluster.record()).as("the next time begins from the start").doesNotContain("failed");
  }

  @Test
  void aNodeThatIsAwayForAMomentWhileItMovesIsNotForgotten() {
    cluster.advance(Duration.ofMinutes(6));
    cluster.startNodesSlowly(0);
    run.until(SPEC, () -> run.done().contains("Create Pod orders-4"));
    cluster.delete("Pod", NAMES.node(3));
    for (int i = 0; i < 5; i++) {
      run.step(SPEC);
    }
    assertThat(run.done()).contains("Create Pod orders-3").doesNotContain("ForgetNode 3");
    cluster.startNodesSlowly(9);
    run.converge(SPEC);

    run.assertNodes(Set.of(0, 1, 4));
    assertThat(run.removal().kind()).isEqualTo(Kind.MOVED);
  }

  @Test
  void aNodeThatIsLostWhileItMovesIsReplacedAsALostOne() {
    cluster.advance(Duration.ofMinutes(6));
    run.until(SPEC, () -> run.done().contains("AddMember 4"));
    cluster.delete("PersistentVolumeClaim", "data-orders-3");
    cluster.faults().crash("orders-3");
    cluster.delete("Pod", "orders-3");
    run.converge(SPEC);

    assertThat(run.done()).contains("ForgetNode 3");
    assertThat(run.removal().kind()).isEqualTo(Kind.LOST);
    run.assertNodes(Set.of(0, 1, 4));
  }

  @Test
  void aMachineThatFailsDuringAMoveIsMoreUrgent() {
    cluster.advance(Duration.ofMinutes(6));
    run.until(SPEC, () -> run.done().contains("AddMember 4"));
    run.lose(1);
    run.converge(SPEC);

    assertThat(run.done()).containsSubsequence("record MOVED 3", "record LOST 1", "ForgetNode 1");
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
  }

  @Test
  void aRollingUpdateComesFirst() {
    MessageTopologySpec changed = spec("config: log.console.level = debug");
    cluster.advance(Duration.ofMinutes(6));
    for (int i = 0; i < 3; i++) {
      run.step(changed);
    }
    assertThat(run.done()).doesNotContain("record MOVED 3");
    assertThat(reasons(cluster.plan(changed))).contains(Reason.MACHINE_SHARED);
    run.converge(changed);

    run.assertNodes(Set.of(0, 1, 4));
  }

  @Test
  void aNodeWithAClassicQueueStaysAndTheOtherOneMoves() {
    cluster.broker().declareClassicOn("c", 3);
    cluster.advance(Duration.ofMinutes(6));
    run.converge(SPEC);
    assertThat(run.done()).contains("record MOVED 0").doesNotContain("record MOVED 3");
    run.assertNodes(Set.of(1, 3, 4));
  }

  @Test
  void aMoveIsGivenUpIfAClientDeclaresAClassicQueueOnTheNode() {
    cluster.advance(Duration.ofMinutes(6));
    run.until(SPEC, () -> run.done().contains("AddMember 4"));
    cluster.broker().declareClassicOn("c", 3);
    converge();

    run.assertNodes(Set.of(0, 1, 3));
    assertThat(reported(SPEC)).contains("a move was given up at");
  }

  @Test
  void nothingMovesIfBothNodesHaveAClassicQueue() {
    cluster.broker().declareClassicOn("c", 3);
    cluster.broker().declareClassicOn("d", 0);
    cluster.advance(Duration.ofMinutes(6));
    run.converge(SPEC);

    assertThat(run.done()).isEmpty();
    assertThat(reported(SPEC)).endsWith("because each has a queue that no other node has");
  }

  @Test
  void theZonesDoNotBecomeLessEven() {
    cluster.kubernetesNodes().setZone("m0", "a");
    cluster.kubernetesNodes().setZone("m1", "b");
    cluster.kubernetesNodes().setZone("m2", "b");
    cluster.kubernetesNodes().add("m3");
    cluster.kubernetesNodes().setZone("m3", "c");
    cluster.advance(Duration.ofMinutes(6));
    run.converge(SPEC);

    assertThat(cluster.machineOf(4)).isEqualTo("m3");
  }

  @Test
  void noNodeMovesToAZoneThatHasMore() {
    cluster.kubernetesNodes().setZone("m0", "a");
    cluster.kubernetesNodes().setZone("m1", "b");
    cluster.kubernetesNodes().setZone("m2", "b");
    MessageTopologySpec four = Specs.of(4, "", RemovalRun.QUEUES);
    cluster.kubernetesNodes().cordon("m2");
    cluster.kubernetesNodes().prefer("m1");
    cluster.converge(four);
    cluster.kubernetesNodes().preferNone();
    cluster.kubernetesNodes().uncordonAll();
    cluster.advance(Duration.ofMinutes(6));
    run.converge(four);

    assertThat(run.done()).contains("record MOVED 4").doesNotContain("record MOVED 3");
    assertThat(cluster.onMachine("m0")).as("the only nodes of zone a").hasSize(2);
  }

  private void step(Duration time) {
    cluster.advance(time);
    run.step(SPEC);
  }

  private void converge() {
    for (int i = 0; i < 60; i++) {
      run.step(SPEC);
    }
  }

  /** A pass each minute. */
  private void hours(int hours) {
    for (int i = 0; i < hours * 60; i++) {
      run.step(SPEC);
      cluster.advance(Duration.ofMinutes(1));
    }
  }

  private long moves() {
    return run.done().stream().filter(done -> done.startsWith("record MOVED")).count();
  }

  private String reported(MessageTopologySpec spec) {
    return cluster.plan(spec).nodeProblems().stream()
        .filter(problem -> problem.reason() == Reason.MACHINE_SHARED)
        .map(Problem::message)
        .findFirst()
        .orElse("nothing");
  }

  private static List<Reason> reasons(ReconcilePlan plan) {
    return plan.nodeProblems().stream().map(Problem::reason).toList();
  }
}
