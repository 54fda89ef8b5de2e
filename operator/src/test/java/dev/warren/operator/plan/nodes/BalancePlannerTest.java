package dev.warren.operator.plan.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction.BalanceLeaders;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalancePlannerTest {

  private static final MessageTopologySpec THREE = withQueues(3, 6);

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void leadersAreBalancedOnceWhenTheNodesHaveChanged() {
    cluster.converge(THREE);
    int before = cluster.queueMembers().timesBalanced();
    cluster.delete("Pod", "orders-0");
    cluster.converge(THREE);

    assertThat(cluster.queueMembers().timesBalanced()).isEqualTo(before + 1);
  }

  @Test
  void leadersAreNotBalancedAgainForTheSamePods() {
    cluster.converge(THREE);
    int before = cluster.queueMembers().timesBalanced();
    cluster.queueMembers().leadAll(0);
    cluster.advance(Duration.ofDays(1));

    assertThat(cluster.plan(THREE).isEmpty()).isTrue();
    cluster.converge(THREE);
    assertThat(cluster.queueMembers().timesBalanced()).isEqualTo(before);
  }

  @Test
  void leadersAreNotBalancedWhileANodeDoesNotRun() {
    cluster.converge(THREE);
    cluster.delete("Pod", "orders-0");
    cluster.faults().crashAlways("orders-1");
    cluster.queueMembers().leadAll(2);
    cluster.step(THREE);
    cluster.step(THREE);

    assertNotBalanced(THREE);
  }

  @Test
  void leadersAreNotBalancedWhileAQueueLacksAMember() {
    cluster.converge(THREE);
    cluster.api().replacePods();
    cluster.queueMembers().leadAll(0);
    cluster.members().get("q1").remove(cluster.brokerNodes().keySet().iterator().next());

    assertNotBalanced(THREE);
  }

  @Test
  void leadersAreNotBalancedWhileThereAreMoreNodesThanWanted() {
    cluster.converge(THREE);
    cluster.api().replacePods();
    cluster.queueMembers().leadAll(0);

    assertNotBalanced(withQueues(2, 6));
  }

  @Test
  void aBrokerThatDoesNotAnswerIsNotBalanced() {
    cluster.converge(THREE);
    cluster.api().replacePods();
    cluster.queueMembers().leadAll(0);
    cluster.setReachable(false);

    assertNotBalanced(THREE);
  }

  @Test
  void leadersThatAreEvenEnoughStay() {
    MessageTopologySpec one = withQueues(3, 1);
    cluster.converge(one);
    cluster.api().replacePods();

    assertNotBalanced(one);
  }

  @Test
  void newPodsAreBalancedAndTheRecordSaysForWhich() {
    cluster.converge(THREE);
    String before = cluster.get("ConfigMap", "orders-membership").at("/data/balanced").asText();
    cluster.api().replacePods();
    cluster.queueMembers().leadAll(0);

    assertThat(cluster.plan(THREE).broker()).containsExactly(new BalanceLeaders());
    cluster.step(THREE);
    assertThat(cluster.get("ConfigMap", "orders-membership").at("/data/balanced").asText())
        .isNotEmpty()
        .isNotEqualTo(before);
    assertThat(cluster.plan(THREE).isEmpty()).isTrue();
  }

  private void assertNotBalanced(MessageTopologySpec spec) {
    assertThat(cluster.plan(spec).broker()).doesNotContain(new BalanceLeaders());
  }

  private static MessageTopologySpec withQueues(int replicas, int queues) {
    return Specs.of(
        replicas,
        "",
        IntStream.range(0, queues)
            .mapToObj(i -> "{name: q" + i + ", type: quorum}")
            .collect(Collectors.joining(", ", "queues: [", "]")));
  }
}
