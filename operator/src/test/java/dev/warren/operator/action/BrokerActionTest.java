package dev.warren.operator.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.FreeFeatureFlags;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.BrokerWork.Underway;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BrokerActionTest {

  private static final RecreateQueue RECREATE =
      new RecreateQueue(
          new Queue("q", "quorum", Map.of()),
          Optional.empty(),
          Set.of(),
          new StartMove("m", new Move("q", "m")));

  @Test
  void eachActionIsCarriedOutInExactlyOneWay() {
    assertThat(BrokerActions.kinds(BrokerAction.class))
        .hasSizeGreaterThan(20)
        .allSatisfy(
            action -> assertThat(waysOf(action)).as(action.getSimpleName()).containsOnlyOnce(true));
  }

  private static Stream<Boolean> waysOf(Class<?> action) {
    return Stream.of(BrokerAction.class.getPermittedSubclasses())
        .map(way -> way.isAssignableFrom(action));
  }

  @Test
  void eachActionHasItsDeadline() {
    assertThat(new DeclareQueue(new Queue("q", "quorum", Map.of())).deadline())
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(new AddMember("q", "rabbit@a").deadline()).isEqualTo(Duration.ofSeconds(10));
    assertThat(new RemoveQueue("q", true).deadline()).isEqualTo(Duration.ofSeconds(15));
    assertThat(RECREATE.deadline()).isEqualTo(Duration.ofSeconds(20));
    assertThat(new FreeFeatureFlags("rabbit@a").deadline()).isEqualTo(Duration.ofSeconds(10));
    assertThat(new StopNode("rabbit@a").deadline()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void actionsOnNodesConcernNodes() {
    assertThat(new ForgetNode("rabbit@a").concernsNodes()).isTrue();
    assertThat(RECREATE.concernsNodes()).isFalse();
  }

  @Test
  void anActionInProgressIsReportedWithItsLastFailure() {
    Instant noon = Instant.parse("2026-01-01T12:00:00.123Z");

    assertThat(new Underway(RECREATE, noon, Optional.of("no")).problem())
        .isEqualTo(
            new Problem(
                Reason.IN_PROGRESS,
                "lock clients out, delete queue 'q' and declare it again as a quorum queue:"
                    + " in progress since 2026-01-01T12:00:00Z; the last attempt failed: no"));
  }
}
