package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.FreeFeatureFlags;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.action.BrokerAction.SetPlugins;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.broker.BrokerException.Kind;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeCommandsTest {

  private static final String FIRST = FakeShell.NAMES.brokerNode(0);

  private final FakeShell shell = new FakeShell();
  private final NodeCommands commands =
      new NodeCommands(shell, new BrokerInternals(shell), FakeShell.NODES);

  @Test
  void eachCommandRunsOnItsNodeWithinItsDeadline() {
    commands.carryOut(new StopNode(FIRST));
    commands.carryOut(new ForgetNode(FIRST));
    commands.carryOut(new SetPlugins(FIRST, Set.of("rabbitmq_stream")));

    assertThat(shell.commands)
        .containsExactly(
            "orders-0: rabbitmq-upgrade drain",
            "orders-0: rabbitmqctl stop_app",
            "orders-1: rabbitmqctl forget_cluster_node " + FIRST,
            "orders-0: rabbitmq-plugins set rabbitmq_stream");
    assertThat(shell.limits).containsOnly(Duration.ofSeconds(90));
  }

  @Test
  void aNodeThatCannotBeDrainedIsNotStopped() {
    shell.answer(1, "no");

    assertThatThrownBy(() -> commands.carryOut(new StopNode(FIRST)))
        .hasMessage("rabbitmq-upgrade drain: no");
    assertThat(shell.commands).hasSize(1);
  }

  @Test
  void aStreamMemberStaysUntilAnotherHasEveryConfirmedMessage() {
    String behind =
        """
        [{"node":"%s","offset":9,"committed_offset":9},{"node":"other","offset":3,"committed_offset":3}]
        """
            .formatted(FIRST);
    shell.answer(0, behind);
    shell.answer(0, behind);

    assertThatThrownBy(() -> commands.carryOut(new RemoveStreamMember("s", FIRST)))
        .hasMessageContaining("until other has all confirmed messages");
    assertThat(shell.commands).hasSize(2).noneMatch(command -> command.contains("delete_replica"));
  }

  @Test
  void aStuckNodeThatDoesNotAnswerIsNoFailureButAnUntriedVersionIs() {
    NodeCommands silent =
        new NodeCommands(
            shell,
            new BrokerInternals(
                (pod, limit, command) -> {
                  throw new BrokerException(Kind.UNAVAILABLE, "no answer");
                }),
            FakeShell.NODES);
    assertThatCode(() -> silent.carryOut(new FreeFeatureFlags(FIRST))).doesNotThrowAnyException();

    shell.answer(0, "{untried,\"4.4.0\"}");
    assertThatThrownBy(() -> commands.carryOut(new FreeFeatureFlags(FIRST)))
        .hasMessageStartingWith("the nodes run RabbitMQ 4.4.0");
  }

  @Test
  void aNameIsResolvedByAnotherNode() {
    shell.answer(2, "");

    assertThat(commands.canResolve(0)).isFalse();
    assertThat(shell.commands).containsExactly("orders-1: getent hosts " + FakeShell.NAMES.host(0));
  }
}
