package dev.warren.operator.plan.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PluginPlannerTest {

  private static final MessageTopologySpec THREE = Specs.of(3);
  private static final MessageTopologySpec WITH_STREAM =
      Specs.of(3, "plugins: [rabbitmq_stream]", "");

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void aPluginIsEnabledOnRunningNodesWithoutARestart() {
    cluster.converge(THREE);

    ReconcilePlan plan = cluster.plan(WITH_STREAM);

    assertThat(plan.nodes()).isEmpty();
    assertThat(plan.broker())
        .extracting(BrokerAction::describe)
        .hasSize(3)
        .allMatch(action -> action.startsWith("set the plugins of rabbit@orders-"))
        .allMatch(action -> action.contains("rabbitmq_stream"));
    cluster.converge(WITH_STREAM);
    IntStream.range(0, 3)
        .forEach(n -> assertThat(cluster.queueMembers().plugins(n)).contains("rabbitmq_stream"));

    cluster.converge(THREE);
    IntStream.range(0, 3)
        .forEach(
            n -> assertThat(cluster.queueMembers().plugins(n)).doesNotContain("rabbitmq_stream"));
  }

  @Test
  void aPluginThatSomebodyDisabledIsEnabledAgain() {
    cluster.converge(THREE);
    cluster.queueMembers().disablePlugin(1, "rabbitmq_prometheus");

    List<BrokerAction> actions = cluster.plan(THREE).broker();

    assertThat(actions)
        .singleElement()
        .extracting(BrokerAction::describe)
        .asString()
        .startsWith("set the plugins of rabbit@orders-1.")
        .contains("rabbitmq_prometheus");
  }

  @Test
  void aNodeWhosePluginsAreUnknownIsLeftAlone() {
    cluster.converge(THREE);
    cluster.faults().hidePlugins(1);

    assertThat(cluster.plan(THREE).broker()).isEmpty();
  }

  @Test
  void aNodeThatDoesNotRunIsLeftAlone() {
    cluster.converge(THREE);
    cluster.faults().crash("orders-2");

    assertThat(cluster.plan(WITH_STREAM).broker())
        .extracting(BrokerAction::describe)
        .hasSize(2)
        .noneMatch(action -> action.contains("orders-2"));
  }
}
