package dev.warren.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReconcilePlannerTest {

  private static final MessageTopologySpec WITH_QUEUE =
      Specs.of(3, "", "queues: [{name: hello, type: quorum}]");

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void queuesAreDeclaredWhenAllNodesHaveStarted() {
    cluster.startNodesSlowly(1);
    cluster.carryOut(cluster.plan(WITH_QUEUE), Integer.MAX_VALUE);
    cluster.settle();
    cluster.settle();
    assertWaits(Reason.NODES_STARTING);

    cluster.settle();
    cluster.settle();
    assertThat(cluster.plan(WITH_QUEUE).broker()).isNotEmpty();
  }

  @Test
  void aNodeThatDoesNotStartDelaysQueuesForALimitedTime() {
    cluster.startNodesSlowly(1);
    cluster.carryOut(cluster.plan(WITH_QUEUE), Integer.MAX_VALUE);
    cluster.settle();
    cluster.settle();
    cluster.advance(Duration.ofSeconds(60));

    assertThat(cluster.plan(WITH_QUEUE).broker()).isNotEmpty();
    assertThat(cluster.plan(WITH_QUEUE).topologyProblems()).isEmpty();
  }

  @Test
  void nothingIsDeclaredWithoutAMajorityOfTheNodes() {
    cluster.converge(Specs.of(3));
    cluster.faults().crash("orders-0");
    cluster.faults().crash("orders-1");

    assertWaits(Reason.NO_MAJORITY);
  }

  @Test
  void nothingIsDeclaredWhileTheBrokerDoesNotAnswer() {
    cluster.converge(Specs.of(3));
    cluster.setReachable(false);

    assertWaits(Reason.BROKER_UNREACHABLE);
  }

  @Test
  void anAccountThatTheBrokerDoesNotKnowIsRestoredFirst() {
    cluster.broker().loseAccountOfOperator();
    cluster.converge(WITH_QUEUE);
    assertThat(cluster.plan(WITH_QUEUE).isEmpty()).isTrue();

    cluster.broker().loseAccountOfOperator();
    ReconcilePlan plan = cluster.plan(WITH_QUEUE);
    assertThat(plan.broker())
        .extracting(BrokerAction::describe)
        .containsExactly("restore the operator's account 'warren-admin' in RabbitMQ");
    assertThat(plan.topologyProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.BROKER_UNREACHABLE);
    assertThat(cluster.planNodes(WITH_QUEUE).broker()).isEqualTo(plan.broker());
  }

  @Test
  void aConfigurationIsAlsoRevertedWhileTheBrokerRefusesTheOperator() {
    MessageTopologySpec configured = Specs.of(3, "config: load_definitions = /d", "");
    cluster.converge(configured);
    cluster.broker().loseAccountOfOperator();
    cluster.startNodesSlowly(1);
    cluster.guardMajority();

    cluster.converge(WITH_QUEUE);

    assertThat(cluster.plan(WITH_QUEUE).isEmpty()).isTrue();
  }

  @Test
  void aQueueThatSomebodyDeclaredWithAnotherTypeIsReportedAndKept() {
    cluster.converge(Specs.of(3));
    cluster.broker().declareAsClassic("hello");

    assertThat(cluster.plan(WITH_QUEUE).isEmpty()).isTrue();
    assertThat(cluster.plan(WITH_QUEUE).topologyProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.IMMUTABLE_ARGUMENT);
  }

  @Test
  void theSameObservationGivesTheSamePlan() {
    cluster.converge(Specs.of(3));

    assertThat(cluster.plan(WITH_QUEUE)).isEqualTo(cluster.plan(WITH_QUEUE));
  }

  private void assertWaits(Reason reason) {
    ReconcilePlan plan = cluster.plan(WITH_QUEUE);
    assertThat(plan.broker()).isEmpty();
    assertThat(plan.topologyProblems()).extracting(Problem::reason).containsExactly(reason);
  }
}
