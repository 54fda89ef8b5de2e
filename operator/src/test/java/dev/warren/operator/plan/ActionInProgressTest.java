package dev.warren.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.BrokerWork.Underway;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is planned while an action is in progress, or is half done. */
class ActionInProgressTest {

  private static final MessageTopologySpec TWO =
      Specs.of(3, "", "queues: [{name: a, type: quorum}, {name: b, type: quorum}]");
  private static final MessageTopologySpec ONE =
      Specs.of(3, "", "queues: [{name: a, type: quorum}]");

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void nothingIsPlannedForBrokerAndNodesWhileAnActionIsInProgress() {
    cluster.converge(TWO);
    cluster.delete("Pod", InMemoryCluster.NAMES.node(0));
    MessageTopologySpec changed =
        Specs.of(
            3,
            "config: log.console.level = debug",
            "queues: [{name: a, type: quorum}, {name: c, type: quorum}]");
    assertThat(cluster.plan(changed).broker()).isNotEmpty();
    assertThat(cluster.plan(changed).nodes()).isNotEmpty();

    cluster.setUnderway(underway(new AddMember("a", "rabbit@x")));

    ReconcilePlan plan = cluster.plan(changed);
    assertThat(plan.broker()).isEmpty();
    assertThat(plan.nodes()).isEmpty();
    assertThat(plan.support()).as("the configuration").isNotEmpty();
    assertThat(plan.topologyProblems()).extracting(Problem::reason).contains(Reason.IN_PROGRESS);

    cluster.setUnderway(Optional.empty());
    cluster.converge(changed);
    assertThat(cluster.broker().queues()).containsOnlyKeys("a", "c");
  }

  @Test
  void anActionOnANodeIsReportedForTheNodes() {
    cluster.converge(ONE);
    cluster.setUnderway(underway(new StopNode("rabbit@x")));

    ReconcilePlan plan = cluster.plan(ONE);

    assertThat(plan.nodeProblems()).extracting(Problem::reason).containsExactly(Reason.IN_PROGRESS);
    assertThat(plan.topologyProblems()).isEmpty();
  }

  @Test
  void anActionIsReportedAlsoWhileTheSpecIsInvalid() {
    cluster.converge(ONE);
    cluster.setUnderway(underway(new AddMember("a", "rabbit@x")));

    assertThat(cluster.planNodes(ONE).topologyProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.IN_PROGRESS);
  }

  @Test
  void aHalfDoneDeletionIsFinishedByAnActionOfThePlan() {
    cluster.converge(TWO);
    cluster.faults().leaveHalfDeleted("b");

    ReconcilePlan plan = cluster.plan(ONE);

    assertThat(plan.describe(BrokerAction::describe))
        .contains("finish the deletion of queues whose members are deleted: 'b'");
    assertThat(plan.broker())
        .contains(new FinishDeletions(Set.of("b")))
        .noneMatch(RemoveQueue.class::isInstance);
    cluster.converge(ONE);
    assertThat(cluster.broker().queues()).containsOnlyKeys("a");
  }

  @Test
  void aQueueThatIsWantedAgainIsDeclaredWhenItsHalfDoneDeletionIsFinished() {
    cluster.converge(TWO);
    cluster.faults().leaveHalfDeleted("b");

    cluster.converge(TWO);

    assertThat(cluster.broker().queues()).containsOnlyKeys("a", "b");
    assertThat(cluster.plan(TWO).isEmpty()).isTrue();
  }

  private static Optional<Underway> underway(BrokerAction action) {
    return Optional.of(new Underway(action, TestClock.BEGIN, Optional.empty()));
  }
}
