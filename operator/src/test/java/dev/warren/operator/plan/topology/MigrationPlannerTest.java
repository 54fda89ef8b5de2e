package dev.warren.operator.plan.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.Problem;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationPlannerTest {

  private static final String SHELTER = MigrationPlanner.SHELTER + "a";
  private static final MessageTopologySpec CLASSIC = spec("type: classic, messageTTL: 1h");
  private static final MessageTopologySpec QUORUM =
      spec("type: quorum, messageTTL: 1h, immutableChanges: Migrate");

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void aQueueIsRecreatedAndHasItsMessagesAndBindingsAndPolicy() {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 50_000);

    cluster.converge(QUORUM);

    assertThat(cluster.broker().queues()).containsOnlyKeys("a");
    assertThat(cluster.broker().queues().get("a").type()).isEqualTo("quorum");
    assertThat(cluster.broker().messages("a")).isEqualTo(50_000);
    ReconcilePlan plan = cluster.plan(QUORUM);
    assertThat(plan.isEmpty()).as("what is bound and limited is as before").isTrue();
    assertThat(plan.topologyProblems()).isEmpty();
  }

  @Test
  void withoutMigrateNothingIsDone() {
    cluster.converge(CLASSIC);

    ReconcilePlan plan = cluster.plan(spec("type: quorum, messageTTL: 1h"));

    assertThat(plan.broker()).noneMatch(RecreateQueue.class::isInstance);
    assertThat(plan.topologyProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.IMMUTABLE_ARGUMENT);
  }

  @Test
  void clientsAreNotKeptOutBeforeMostMessagesHaveMoved() {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 50_000);
    cluster.carryOut(cluster.plan(QUORUM), Integer.MAX_VALUE);

    ReconcilePlan plan = cluster.plan(QUORUM);
    assertThat(plan.broker()).noneMatch(RecreateQueue.class::isInstance);
    assertThat(plan.topologyProblems())
        .extracting(Problem::message)
        .containsExactly(
            "queue 'a' is being recreated as a quorum queue: 50000 messages remain to be moved out");

    cluster.broker().setMessages("a", 10_000);
    assertThat(cluster.plan(QUORUM).broker())
        .as("nothing has moved yet")
        .noneMatch(RecreateQueue.class::isInstance);
    cluster.broker().setMessages(SHELTER, 1);
    assertThat(cluster.plan(QUORUM).broker()).anyMatch(RecreateQueue.class::isInstance);
  }

  @Test
  void aQueueWithASingleActiveConsumerIsMovedAfterItIsDisconnected() {
    cluster.converge(spec("type: quorum, singleActiveConsumer: true"));
    cluster.broker().setMessages("a", 50_000);
    MessageTopologySpec wanted = spec("type: quorum, immutableChanges: Migrate");
    cluster.carryOut(cluster.plan(wanted), Integer.MAX_VALUE);

    assertThat(cluster.plan(wanted).broker()).anyMatch(RecreateQueue.class::isInstance);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void clientsAreNotKeptOutWhileTheMoveDoesNotRun(boolean reserved) {
    cluster.converge(spec("type: classic, singleActiveConsumer: " + reserved));
    MessageTopologySpec wanted = spec("type: quorum, immutableChanges: Migrate");
    cluster.carryOut(cluster.plan(wanted), Integer.MAX_VALUE);
    assertThat(cluster.plan(wanted).broker()).anyMatch(RecreateQueue.class::isInstance);

    cluster.faults().stopMove(SHELTER);

    assertThat(cluster.plan(wanted).broker()).noneMatch(RecreateQueue.class::isInstance);
  }

  @Test
  void aStoppedMoveIsRestartedInBothDirections() {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 300);
    cluster.carryOut(cluster.plan(QUORUM), Integer.MAX_VALUE);
    cluster.faults().stopMove(SHELTER);
    assertThat(cluster.plan(QUORUM).broker()).isEmpty();

    restartOfTheMove("move the messages of queue 'a' to '" + SHELTER + "'");

    cluster.carryOut(cluster.plan(QUORUM), Integer.MAX_VALUE);
    cluster.setStalledMoves(Set.of());
    cluster.settle();
    cluster.carryOut(cluster.plan(QUORUM), Integer.MAX_VALUE);
    cluster.carryOut(cluster.plan(QUORUM), Integer.MAX_VALUE);
    cluster.faults().stopMove(SHELTER);
    assertThat(cluster.broker().messages(SHELTER)).isEqualTo(300);
    restartOfTheMove("move the messages of queue '" + SHELTER + "' to 'a'");
    cluster.carryOut(cluster.plan(QUORUM), Integer.MAX_VALUE);

    cluster.setStalledMoves(Set.of());
    cluster.converge(QUORUM);
    assertThat(cluster.broker().messages("a")).isEqualTo(300);
    assertThat(cluster.broker().queues()).containsOnlyKeys("a");
  }

  private void restartOfTheMove(String move) {
    cluster.setStalledMoves(Set.of(SHELTER));
    assertThat(cluster.plan(QUORUM).broker())
        .extracting(BrokerAction::describe)
        .containsExactly("end the move of messages '" + SHELTER + "'", move);
  }

  @Test
  void aHalfDeletedQueueIsRecreatedAlthoughNothingMovesOutOfIt() {
    cluster.converge(spec("type: quorum, singleActiveConsumer: true"));
    MessageTopologySpec wanted = spec("type: quorum, immutableChanges: Migrate");
    cluster.faults().leaveHalfDeleted("a");

    ReconcilePlan plan = cluster.plan(wanted);
    assertThat(plan.broker()).noneMatch(FinishDeletions.class::isInstance);
    assertThat(plan.topologyProblems())
        .extracting(Problem::message)
        .containsExactly(
            "queue 'a' is being recreated as a quorum queue: its deletion is half done and is being finished");
    cluster.converge(wanted);
    assertThat(cluster.broker().queues()).containsOnlyKeys("a");
    assertThat(cluster.broker().queues().get("a").arguments()).isEmpty();
  }

  @Test
  void aHalfDoneDeletionIsFinishedBeforeClientsAreLetInAgain() {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 50_000);
    cluster.step(QUORUM);
    cluster.broker().keepClientsOut();
    cluster.faults().leaveHalfDeleted("a");

    assertThat(cluster.plan(QUORUM).broker().subList(0, 5))
        .extracting(BrokerAction::describe)
        .containsExactly(
            "finish the deletion of queues whose members are deleted: 'a'",
            "set policy 'warren.a'",
            "declare quorum queue 'a'",
            "bind 'events' to 'a' by 'some'",
            "allow client connections again");
    assertThat(cluster.plan(QUORUM).broker()).noneMatch(RecreateQueue.class::isInstance);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void clientsAreNotKeptOutForAQueueWithoutALeader(boolean reserved) {
    cluster.converge(spec("type: classic, singleActiveConsumer: " + reserved));
    MessageTopologySpec wanted = spec("type: quorum, immutableChanges: Migrate");
    cluster.carryOut(cluster.plan(wanted), Integer.MAX_VALUE);
    assertThat(cluster.plan(wanted).broker()).anyMatch(RecreateQueue.class::isInstance);

    cluster.faults().loseLeaders();

    ReconcilePlan plan = cluster.plan(wanted);
    assertThat(plan.broker()).noneMatch(RecreateQueue.class::isInstance);
    assertThat(plan.topologyProblems())
        .extracting(Problem::message)
        .contains("queue 'a' is being recreated as a quorum queue: it waits for a leader");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void anInterruptedRecreationContinuesAndNothingIsLost(int passes) {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 3);

    for (int pass = 0; pass < passes; pass++) {
      // Each operator is killed after its first action.
      cluster.carryOut(cluster.plan(QUORUM), 1);
      cluster.settle();
      assertThat(cluster.broker().messages("a") + cluster.broker().messages(SHELTER)).isEqualTo(3);
    }

    cluster.converge(QUORUM);
    assertThat(cluster.broker().messages("a")).isEqualTo(3);
    assertThat(cluster.broker().queues()).containsOnlyKeys("a");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aRevertedChangeMovesTheMessagesBack(int passes) {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 20_000);
    for (int pass = 0; pass < passes; pass++) {
      cluster.step(QUORUM);
    }

    MessageTopologySpec back = spec("type: classic, messageTTL: 1h, immutableChanges: Migrate");
    cluster.converge(back);

    assertThat(cluster.broker().queues()).containsOnlyKeys("a");
    assertThat(cluster.broker().queues().get("a").type()).isEqualTo("classic");
    assertThat(cluster.broker().messages("a")).isEqualTo(20_000);
  }

  @Test
  void clientsAreLetInAfterTheOperatorEndedWhileTheyWereKeptOut() {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 50_000);
    cluster.step(QUORUM);
    cluster.broker().keepClientsOut();

    cluster.step(QUORUM);

    assertThat(cluster.broker().isClosed()).isFalse();
  }

  @Test
  void clientsAreLetInFirstAndAlsoWhileTheSpecIsInvalid() {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 50_000);
    cluster.step(QUORUM);
    cluster.broker().keepClientsOut();

    assertThat(cluster.plan(QUORUM).broker()).first().isInstanceOf(LetClientsIn.class);
    assertThat(cluster.planNodes(QUORUM).broker()).first().isInstanceOf(LetClientsIn.class);
  }

  @Test
  void clientsAreNotLetInBeforeTheDeletedQueueIsDeclared() {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 50_000);
    cluster.step(QUORUM);
    cluster.broker().keepClientsOut();
    cluster.broker().deleteByHand("a");

    assertThat(cluster.plan(QUORUM).broker().subList(0, 4))
        .extracting(BrokerAction::describe)
        .containsExactly(
            "set policy 'warren.a'",
            "declare quorum queue 'a'",
            "bind 'events' to 'a' by 'some'",
            "allow client connections again");
  }

  @Test
  void bindingsOfOthersAreRecreatedAndUnwantedOnesAreNot() {
    Binding foreign = new Binding("events", "a", "foreign", Map.of());
    cluster.converge(CLASSIC);
    cluster.broker().bindByHand(foreign);
    MessageTopologySpec unbound =
        Specs.of(
            1,
            "",
            """
            exchanges: [{name: events, type: topic}]
            queues: [{name: a, type: quorum, messageTTL: 1h, immutableChanges: Migrate}]
            """);

    cluster.carryOut(cluster.plan(unbound), 2);
    cluster.settle();

    assertThat(cluster.plan(unbound).broker())
        .filteredOn(RecreateQueue.class::isInstance)
        .extracting(action -> ((RecreateQueue) action).bindings())
        .containsExactly(Set.of(foreign));
  }

  @Test
  void clientsThatSomebodyElseKeepsOutStayOut() {
    cluster.converge(CLASSIC);
    cluster.broker().keepClientsOut();

    cluster.converge(CLASSIC);

    assertThat(cluster.broker().isClosed()).isTrue();
  }

  @Test
  void messagesOfAQueueThatIsRemovedDuringItsRecreationAreRetained() {
    cluster.converge(CLASSIC);
    cluster.broker().setMessages("a", 20_000);
    cluster.step(QUORUM);
    cluster.step(QUORUM);

    MessageTopologySpec without = Specs.of(1);
    cluster.converge(without);

    assertThat(cluster.broker().messages(SHELTER)).isEqualTo(20_000);
    assertThat(cluster.plan(without).retained()).extracting(Retained::name).contains(SHELTER);
  }

  @Test
  void aStreamIsNotRecreated() {
    cluster.converge(spec("type: stream"));

    assertThat(cluster.plan(QUORUM).topologyProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.IMMUTABLE_ARGUMENT);
  }

  private static MessageTopologySpec spec(String queue) {
    return Specs.of(
        1,
        "",
        """
        exchanges: [{name: events, type: topic}]
        queues: [{name: a, %s}]
        bindings: [{exchange: events, queue: a, routingKey: some}]
        """
            .formatted(queue));
  }
}
