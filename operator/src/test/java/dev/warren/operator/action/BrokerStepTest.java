package dev.warren.operator.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemoveExchange;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.RemovePolicy;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.BrokerAction.Unbind;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BrokerStepTest {

  private static final BrokerAction LET_IN = new LetClientsIn();
  private static final BrokerAction REMOVE = new RemovePolicy("p");

  static Stream<BrokerAction> destructive() {
    return BrokerActions.destructive().stream();
  }

  @Test
  void everyKindOfChangeIsCovered() {
    assertThat(BrokerActions.all().stream().map(Object::getClass).collect(Collectors.toSet()))
        .isEqualTo(BrokerActions.kinds(BrokerAction.class).collect(Collectors.toSet()));
  }

  @Test
  void removalsAreDestructive() {
    assertThat(BrokerActions.destructive())
        .hasOnlyElementsOfTypes(
            Unbind.class,
            RemoveQueue.class,
            RemovePolicy.class,
            RemoveExchange.class,
            RemoveMember.class,
            RemoveStreamMember.class,
            StopNode.class,
            ForgetNode.class,
            RecreateQueue.class,
            FinishDeletions.class)
        .hasSize(10);
  }

  @ParameterizedTest
  @MethodSource("destructive")
  void destructiveChangesAreInStepsAfterTheRecord(BrokerAction action) {
    assertThatThrownBy(() -> new BrokerStep(false, List.of(action)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(BrokerStep.inOrder(List.of(action)))
        .containsExactly(new BrokerStep(true, List.of(action)));
  }

  @Test
  void stepsKeepTheOrderOfTheirChanges() {
    assertThat(BrokerStep.inOrder(List.of(LET_IN, LET_IN, REMOVE, LET_IN, REMOVE, REMOVE)))
        .containsExactly(
            new BrokerStep(false, List.of(LET_IN, LET_IN)),
            new BrokerStep(true, List.of(REMOVE)),
            new BrokerStep(false, List.of(LET_IN)),
            new BrokerStep(true, List.of(REMOVE, REMOVE)));
    assertThat(BrokerStep.inOrder(List.of())).isEmpty();
  }
}
