package dev.warren.operator.plan.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.action.Retained;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue with another name keeps its messages. */
class RenamePlannerTest {

  private static final String MOVE = "warren.renamed.old";
  private static final MessageTopologySpec OLD = spec("name: old");
  private static final MessageTopologySpec RENAMED = spec("name: new, renamedFrom: old");
  private static final MessageTopologySpec NEW = spec("name: new");

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void theMessagesMoveToTheQueueWithTheNewName() {
    cluster.converge(OLD);
    cluster.broker().setMessages("old", 50_000);

    cluster.converge(RENAMED);

    assertThat(cluster.broker().messages("new")).isEqualTo(50_000);
    assertThat(cluster.broker().messages("old")).isZero();
    assertThat(cluster.plan(RENAMED).topologyProblems()).isEmpty();
  }

  /** RabbitMQ would drop and confirm what is published to a queue that does not exist. */
  @Test
  void whatIsPublishedToTheFormerNameArrivesToo() {
    cluster.converge(OLD);
    cluster.converge(RENAMED);

    cluster.broker().setMessages("old", 7);
    cluster.converge(RENAMED);

    assertThat(cluster.broker().messages("new")).isEqualTo(7);
    assertThat(cluster.plan(RENAMED).retained())
        .containsExactly(
            new Retained(
                Retained.QUEUE,
                "old",
                "Its messages are moved to queue 'new'; remove renamedFrom there when nobody"
                    + " publishes to the former name any more"));
  }

  @Test
  void withoutTheFieldTheOldQueueIsRemovedWhenItIsEmpty() {
    cluster.converge(OLD);
    cluster.broker().setMessages("old", 3);
    cluster.converge(RENAMED);

    cluster.broker().setMessages("old", 1);
    cluster.carryOut(cluster.plan(NEW), Integer.MAX_VALUE);
    assertThat(cluster.broker().queues()).containsKeys("old", "new");
    assertThat(cluster.broker().messages("old")).as("nothing moves it any more").isOne();

    cluster.broker().setMessages("old", 0);
    cluster.converge(NEW);
    assertThat(cluster.broker().queues()).containsOnlyKeys("new");
    assertThat(cluster.plan(NEW).isEmpty()).isTrue();
  }

  @Test
  void aQueueWithOnDeleteKeepsItsMessagesToo() {
    cluster.converge(spec("name: old, onDelete: Delete"));
    cluster.broker().setMessages("old", 3);

    assertThat(cluster.plan(RENAMED).broker()).noneMatch(RemoveQueue.class::isInstance);
    cluster.converge(RENAMED);

    assertThat(cluster.broker().messages("new")).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void anInterruptedRenamingContinuesAndNothingIsLost(int passes) {
    cluster.converge(OLD);
    cluster.broker().setMessages("old", 3);

    for (int pass = 0; pass < passes; pass++) {
      // Each operator is killed after its first action.
      cluster.carryOut(cluster.plan(RENAMED), 1);
      cluster.settle();
      assertThat(cluster.broker().messages("old") + cluster.broker().messages("new")).isEqualTo(3);
    }

    cluster.converge(RENAMED);
    assertThat(cluster.broker().messages("new")).isEqualTo(3);
  }

  /** Messages that arrive in a queue while it is deleted would be lost. */
  @Test
  void nothingMovesIntoAQueueThatIsBeingRecreated() {
    cluster.converge(OLD);
    cluster.converge(RENAMED);
    cluster.broker().setMessages("new", 50_000);
    MessageTopologySpec classic =
        spec("name: new, renamedFrom: old, type: classic, immutableChanges: Migrate");

    assertThat(cluster.plan(classic).broker())
        .extracting(BrokerAction::describe)
        .contains("end the move of messages '" + MOVE + "'");
    for (int pass = 0; pass < 20; pass++) {
      cluster.step(classic);
      if (cluster.plan(classic).broker().stream().anyMatch(RecreateQueue.class::isInstance)) {
        assertThat(cluster.plan(classic).broker()).noneMatch(this::movesFromTheFormerName);
      }
    }
    cluster.broker().setMessages("old", 7);
    cluster.converge(classic);

    assertThat(cluster.broker().queues().get("new").type()).isEqualTo("classic");
    assertThat(cluster.broker().messages("new")).isEqualTo(50_007);
  }

  @Test
  void aStoppedMoveIsRestarted() {
    cluster.converge(OLD);
    cluster.converge(RENAMED);
    cluster.faults().stopMove(MOVE);

    cluster.setStalledMoves(Set.of(MOVE));

    assertThat(cluster.plan(RENAMED).broker())
        .extracting(BrokerAction::describe)
        .containsExactly(
            "end the move of messages '" + MOVE + "'", "move the messages of queue 'old' to 'new'");
  }

  /** A move declares the queue that it moves from. */
  @Test
  void noMoveLastsLongerThanItsQueue() {
    cluster.converge(OLD);
    cluster.converge(RENAMED);
    cluster.broker().deleteByHand("old");

    cluster.converge(RENAMED);

    assertThat(cluster.broker().queues()).containsOnlyKeys("new");
    assertThat(cluster.plan(RENAMED).isEmpty()).isTrue();
    assertThat(cluster.plan(RENAMED).retained()).isEmpty();
  }

  @Test
  void whatSomebodyElseDeclaredIsLeftAlone() {
    cluster.converge(NEW);
    cluster.broker().declareAsClassic("old");
    cluster.broker().setMessages("old", 3);

    cluster.converge(RENAMED);

    assertThat(cluster.broker().messages("old")).isEqualTo(3);
    assertThat(cluster.plan(RENAMED).retained())
        .extracting(Retained::because)
        .containsExactly(
            "Queue 'new' is renamedFrom it, but this resource never declared it, so its messages"
                + " stay");
  }

  /** A move from it would never end. */
  @Test
  void aStreamStays() {
    cluster.converge(spec("name: old, type: stream, onDelete: Delete"));

    cluster.converge(RENAMED);

    assertThat(cluster.broker().queues()).containsKeys("old", "new");
    assertThat(cluster.plan(RENAMED).retained())
        .extracting(Retained::because)
        .containsExactly(
            "Queue 'new' is renamedFrom it, but it is a stream, whose messages cannot be moved");
  }

  private boolean movesFromTheFormerName(BrokerAction action) {
    return action instanceof StartMove start && start.name().equals(MOVE);
  }

  private static MessageTopologySpec spec(String queue) {
    return Specs.of(
        1,
        "",
        """
        exchanges: [{name: events, type: topic}]
        queues: [{%s}]
        """
            .formatted(queue));
  }
}
