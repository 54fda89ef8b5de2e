package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.DisconnectClients;
import dev.warren.operator.action.BrokerAction.EndMove;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.KeepClientsOut;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.QueueContents.Counted;
import dev.warren.operator.broker.QueueContents.HalfDeleted;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Move;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class QueueRecreationTest {

  private static final Queue QUEUE = new Queue("q", "quorum", Map.of());
  private static final Policy POLICY = new Policy("p", "^q$", "quorum_queues", 1, Map.of());
  private static final Binding BINDING = new Binding("events", "q", "k", Map.of());
  private static final StartMove EMPTYING = new StartMove("s", new Move("q", "s"));
  private static final RecreateQueue RECREATE =
      new RecreateQueue(QUEUE, Optional.of(POLICY), Set.of(BINDING), EMPTYING);

  private final TestClock clock = new TestClock();
  private final List<BrokerAction> done = new ArrayList<>();
  private int looks;
  private Duration paused = Duration.ZERO;

  /** By how often it was counted. */
  private IntFunction<QueueContents> contents;

  private final QueueRecreation recreation =
      new QueueRecreation(this::apply, queue -> contents.apply(++looks), clock, this::pause);

  @Test
  void anEmptyQueueIsRecreatedAndClientsAreLetIn() {
    contents = look -> left(Math.max(0, 4 - look));

    recreation.carryOut(RECREATE);

    assertThat(done)
        .containsExactly(
            new KeepClientsOut(),
            new DisconnectClients(),
            new EndMove("s"),
            new RemoveQueue("q", false),
            new PutPolicy(POLICY),
            new DeclareQueue(QUEUE),
            new Bind(BINDING),
            new LetClientsIn());
    assertThat(paused).as("2 of 4 looks saw messages").isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aStalledMoveIsRestartedOnceClientsAreLetIn() {
    contents = look -> left(304);

    assertThatThrownBy(() -> recreation.carryOut(RECREATE))
        .isInstanceOf(BrokerException.class)
        .hasMessage("none of its last 304 messages moved within 8 s; the move was restarted");

    assertThat(done)
        .containsExactly(
            new KeepClientsOut(),
            new DisconnectClients(),
            new LetClientsIn(),
            new EndMove("s"),
            EMPTYING);
    assertThat(paused).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(9));
  }

  @Test
  void aSlowMoveContinuesWhileClientsAreIn() {
    contents = look -> left(1000 - look);

    assertThatThrownBy(() -> recreation.carryOut(RECREATE))
        .hasMessageStartingWith("it did not become empty within 20 s and still has 9");

    assertThat(done)
        .containsExactly(new KeepClientsOut(), new DisconnectClients(), new LetClientsIn());
    assertThat(paused).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(21));
  }

  @Test
  void aHalfDoneDeletionIsFinishedAndNotWaitedFor() {
    contents = look -> new HalfDeleted();

    recreation.carryOut(RECREATE);

    assertThat(done)
        .containsSubsequence(
            new DisconnectClients(),
            new EndMove("s"),
            new FinishDeletions(Set.of("q")),
            new DeclareQueue(QUEUE),
            new LetClientsIn());
    assertThat(paused).isZero();
  }

  @Test
  void clientsAreNotKeptOutForAQueueThatCannotBeCounted() {
    contents =
        look -> {
          throw new BrokerException(Kind.UNTRIED, "another version");
        };

    assertThatThrownBy(() -> recreation.carryOut(RECREATE)).hasMessage("another version");
    assertThat(done).isEmpty();
  }

  @Test
  void clientsAreLetInWhateverFails() {
    contents =
        look -> {
          if (look > 1) {
            throw new BrokerException(Kind.UNAVAILABLE, "no answer");
          }
          return left(1);
        };

    assertThatThrownBy(() -> recreation.carryOut(RECREATE)).hasMessage("no answer");
    assertThat(done).last().isEqualTo(new LetClientsIn());
  }

  private static QueueContents left(long messages) {
    return new Counted(messages, messages, 0);
  }

  private void apply(BrokerAction action) {
    done.add(action);
  }

  private void pause(Duration time) {
    paused = paused.plus(time);
    clock.advance(time);
  }
}
