package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.TestClock;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.Messages;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MoveWatchTest {

  private static final String UID = "uid";
  private static final String SHELTER = "shelter";
  private static final String NODE = "rabbit@a";

  private final MoveWatch watch = new MoveWatch();
  private final TestClock clock = new TestClock();

  private String name = SHELTER;
  private boolean runs = true;
  private boolean led = true;
  private boolean counted = true;
  private long waiting = 300;
  private long held;
  private long sheltered;

  @Test
  void aMoveThatMovesSomethingIsLeftAlone() {
    for (int i = 0; i < 10; i++) {
      sheltered += 10;
      assertThat(after(14)).isEmpty();
    }
  }

  /** Whatever publishers and consumers do with the queue itself. */
  @Test
  void aMoveThatMovesNothingIsRestartedOnceAndThenWaitedFor() {
    after(0);
    waiting = 200;
    assertThat(after(14)).isEmpty();
    waiting = 400;
    assertThat(after(1)).containsExactly(SHELTER);
    assertThat(after(1)).isEmpty();
    assertThat(after(13)).isEmpty();
    assertThat(after(1)).containsExactly(SHELTER);
  }

  @Test
  void aMoveIsLeftAloneWhileItIsUnknownWhetherMessagesWait() {
    counted = false;

    assertThat(after(0)).isEmpty();
    assertThat(after(60)).isEmpty();
  }

  @Test
  void aMoveThatDoesNotRunIsRestartedSooner() {
    after(0);
    runs = false;
    assertThat(after(9)).isEmpty();
    assertThat(after(1)).containsExactly(SHELTER);
    assertThat(after(9)).isEmpty();
    runs = true;
    sheltered = 1;
    assertThat(after(1)).isEmpty();
  }

  @Test
  void aMoveThatDoesNotRunIsRestartedEvenWhenNothingIsLeft() {
    after(0);
    runs = false;
    waiting = 0;

    assertThat(after(10)).containsExactly(SHELTER);
  }

  @Test
  void unacknowledgedMessagesCannotBeMoved() {
    waiting = 0;
    held = 20;
    after(0);

    assertThat(after(60)).isEmpty();
  }

  @Test
  void aQueueWithoutALeaderMovesNothing() {
    led = false;
    after(0);

    assertThat(after(60)).isEmpty();
    led = true;
    assertThat(after(14)).isEmpty();
    assertThat(after(1)).containsExactly(SHELTER);
  }

  /** From a queue's former name to its new one, for example. */
  @Test
  void aMoveWithoutAShelterIsWatchedByTheQueueThatItEmpties() {
    name = "warren.renamed.q";
    for (int i = 0; i < 10; i++) {
      waiting -= 10;
      assertThat(after(14)).isEmpty();
    }
    assertThat(after(14)).isEmpty();
    assertThat(after(1)).containsExactly(name);
    waiting = 0;
    assertThat(after(60)).as("an idle one").isEmpty();
  }

  @Test
  void nothingIsKnownWhileTheBrokerDoesNotAnswer() {
    after(0);
    clock.advance(Duration.ofSeconds(60));

    assertThat(watch.stalled(UID, new Unreachable("no answer"), clock.instant())).isEmpty();
    assertThat(after(0)).containsExactly(SHELTER);
  }

  @Test
  void topologiesDoNotAffectEachOther() {
    after(0);
    clock.advance(Duration.ofSeconds(60));

    assertThat(watch.stalled("another", broker(), clock.instant())).isEmpty();
  }

  private Set<String> after(int seconds) {
    clock.advance(Duration.ofSeconds(seconds));
    Instant now = clock.instant();
    return watch.stalled(UID, broker(), now);
  }

  private Reachable broker() {
    return new Reachable(
        new BrokerDefinitions(Map.of(), Map.of(), Set.of(), Map.of(), Map.of()),
        Map.of(),
        Map.of("q", state("q", waiting, held), SHELTER, state(SHELTER, sheltered, 0)),
        OwnershipRecord.NOTHING,
        Map.of(name, new Move("q", SHELTER)),
        runs ? Set.of(name) : Set.of(),
        false,
        Set.of());
  }

  private QueueState state(String name, long ready, long unacknowledged) {
    return new QueueState(
        name,
        led ? Optional.of(NODE) : Optional.empty(),
        List.of(NODE),
        List.of(NODE),
        counted ? Optional.of(new Messages(ready, unacknowledged, 0)) : Optional.empty(),
        AppliedPolicies.UNKNOWN);
  }
}
