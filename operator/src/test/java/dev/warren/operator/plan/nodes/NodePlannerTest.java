package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.PlannedActions.nodeActions;
import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.PlannedActions;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that are created, or created again, and the record of them. */
class NodePlannerTest {

  private static final MessageTopologySpec THREE = Specs.of(3);
  private static final MessageTopologySpec THREE_CHANGED =
      Specs.of(3, "config: log.console.level = debug", "");

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void aNewTopologyIsRecordedAndGetsVolumesAndThenPodsThatJoinTheFirst() {
    List<KubernetesAction> actions = cluster.plan(THREE).nodes();

    assertThat(actions)
        .extracting(PlannedActions::inShort)
        .containsExactly(
            "Create ConfigMap orders-membership",
            "Create PersistentVolumeClaim data-orders-0",
            "Create PersistentVolumeClaim data-orders-1",
            "Create PersistentVolumeClaim data-orders-2",
            "Create Pod orders-0",
            "Create Pod orders-1",
            "Create Pod orders-2");
    assertThat(actions)
        .filteredOn(action -> action.object().getKind().equals("Pod"))
        .extracting(NodePlannerTest::seed)
        .containsOnly(NAMES.brokerNode(0));
  }

  @Test
  void createdObjectsAreNotWrittenAgain() {
    List<KubernetesAction> done = new ArrayList<>();
    for (int pass = 0; pass < 5; pass++) {
      ReconcilePlan plan = cluster.plan(THREE);
      done.addAll(plan.support());
      done.addAll(plan.nodes());
      cluster.carryOut(plan, Integer.MAX_VALUE);
      cluster.settle();
    }

    assertThat(done)
        .filteredOn(action -> !(action instanceof Create))
        .extracting(PlannedActions::inShort)
        .containsExactly(
            "Replace ConfigMap orders-membership",
            "Apply PersistentVolumeClaim data-orders-0",
            "Apply PersistentVolumeClaim data-orders-1",
            "Apply PersistentVolumeClaim data-orders-2",
            "Mark Pod orders-0",
            "Mark Pod orders-1",
            "Mark Pod orders-2");
  }

  @Test
  void aFormedClusterIsRecordedAsSoonAsANodeRuns() {
    cluster.startNodesSlowly(1);
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);
    cluster.settle();
    cluster.settle();

    assertThat(nodeActions(cluster.plan(THREE)))
        .first()
        .isEqualTo("Replace ConfigMap orders-membership");
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);
    assertThat(record("formed")).isEqualTo("true");
  }

  @Test
  void aFormedClusterIsRecordedWhenANodeIsReadyEvenIfTheOperatorCannotReachIt() {
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);
    cluster.settle();
    cluster.settle();
    cluster.setReachable(false);
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);

    assertThat(record("formed")).isEqualTo("true");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aDeletedPodIsRecreatedUnderItsNameAndDoesNotJoinItself(int n) {
    cluster.converge(THREE);
    cluster.delete("Pod", NAMES.node(n));

    List<KubernetesAction> actions = cluster.plan(THREE).nodes();

    assertThat(actions)
        .extracting(PlannedActions::inShort)
        .containsExactly("Create Pod " + NAMES.node(n));
    assertThat(seed(actions.getFirst())).isEqualTo(NAMES.brokerNode(n == 0 ? 1 : 0));
  }

  @Test
  void theOnlyNodeDoesNotFormANewClusterWithoutItsData() {
    cluster.converge(Specs.of(1));
    cluster.delete("Pod", "orders-0");

    assertThat(cluster.plan(Specs.of(1)).nodes())
        .extracting(NodePlannerTest::seed)
        .containsExactly(NAMES.noBrokerNode());
  }

  @Test
  void aPodThatHasEndedIsRecreated() {
    cluster.converge(THREE);
    cluster.faults().evict("orders-1");

    assertThat(nodeActions(cluster.plan(THREE))).containsExactly("Delete Pod orders-1");
    cluster.converge(THREE);
    assertThat(cluster.names("Pod")).containsExactly("orders-0", "orders-1", "orders-2");
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
  }

  @Test
  void aNodeWithoutItsVolumeIsReplaced() {
    cluster.converge(THREE);
    cluster.delete("PersistentVolumeClaim", "data-orders-1");
    cluster.delete("Pod", "orders-1");

    assertThat(nodeActions(cluster.plan(THREE)))
        .containsExactly("Replace ConfigMap orders-membership");
    cluster.step(THREE);
    assertThat(nodeActions(cluster.plan(THREE)))
        .containsExactly(
            "Replace ConfigMap orders-membership",
            "Create PersistentVolumeClaim data-orders-3",
            "Create Pod orders-3");
    cluster.converge(THREE);
    assertThat(cluster.names("Pod")).containsExactly("orders-0", "orders-2", "orders-3");
  }

  @Test
  void whenEveryVolumeIsGoneNoNewClusterIsFormed() {
    cluster.converge(THREE);
    for (int n = 0; n < 3; n++) {
      cluster.delete("PersistentVolumeClaim", NAMES.volume(n));
      cluster.delete("Pod", NAMES.node(n));
    }

    assertThat(nodeActions(cluster.plan(THREE))).isEmpty();
    assertThat(cluster.plan(THREE).nodeProblems()).isNotEmpty();
  }

  @Test
  void numbersOfVolumesOfAnEarlierTopologyAreNotUsed() {
    cluster.api().createForeignVolume("data-orders-0");
    cluster.api().createForeignVolume("data-orders-6");
    cluster.converge(THREE);

    assertThat(cluster.names("Pod")).containsExactly("orders-7", "orders-8", "orders-9");
  }

  @Test
  void aNumberIsNotReusedEvenIfItsVolumeIsDeleted() {
    ReconcilePlan plan = cluster.plan(THREE);
    cluster.carryOut(plan, plan.certificates().actions().size() + plan.support().size() + 4);
    assertThat(cluster.names("PersistentVolumeClaim")).hasSize(3);
    cluster.delete("PersistentVolumeClaim", "data-orders-2");
    cluster.converge(THREE);

    assertThat(cluster.names("Pod")).containsExactly("orders-0", "orders-1", "orders-3");
  }

  @Test
  void aNumberIsNotReusedEvenIfTheRecordIsDeletedToo() {
    cluster.converge(Specs.of(4));
    cluster.converge(THREE);
    assertThat(cluster.names("PersistentVolumeClaim")).doesNotContain("data-orders-3");
    cluster.delete("ConfigMap", "orders-membership");
    cluster.converge(Specs.of(4));

    assertThat(cluster.names("Pod")).contains("orders-4").doesNotContain("orders-3");
  }

  @Test
  void aMissingRecordIsRestoredFromTheExistingObjects() {
    cluster.converge(THREE);
    cluster.delete("ConfigMap", "orders-membership");
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);

    assertThat(record("next")).isEqualTo("3");
    assertThat(record("formed")).isEqualTo("true");
  }

  @Test
  void withoutARecordVolumesCountAsUsedEvenIfNoNodeAnswers() {
    cluster.converge(THREE);
    cluster.setReachable(false);
    cluster.api().edit("ConfigMap", "orders-membership", "/data/next", TextNode.valueOf("a lot"));
    cluster.delete("Pod", "orders-0");

    assertThat(cluster.plan(THREE).nodes())
        .filteredOn(action -> action instanceof Create)
        .extracting(NodePlannerTest::seed)
        .doesNotContain(NAMES.brokerNode(0));
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);
    assertThat(record("formed")).isEqualTo("true");
  }

  @Test
  void nodesAreAddedOnlyWhileAMajorityOfTheOthersRuns() {
    cluster.converge(THREE);
    cluster.faults().crash("orders-1");
    assertThat(nodeActions(cluster.plan(Specs.of(5))))
        .containsExactly(
            "Replace ConfigMap orders-membership",
            "Create PersistentVolumeClaim data-orders-3",
            "Create PersistentVolumeClaim data-orders-4",
            "Create Pod orders-3",
            "Create Pod orders-4");

    cluster.faults().crash("orders-2");
    assertThat(nodeActions(cluster.plan(Specs.of(5)))).isEmpty();
    assertThat(cluster.plan(Specs.of(5)).nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.NO_MAJORITY);
  }

  @Test
  void nothingIsAddedOrDeletedWhileTheBrokerDoesNotAnswer() {
    cluster.converge(THREE);
    cluster.setReachable(false);
    cluster.advance(Duration.ofHours(1));

    assertThat(cluster.plan(THREE).isEmpty()).isTrue();
    assertThat(nodeActions(cluster.plan(THREE_CHANGED))).isEmpty();
    assertThat(nodeActions(cluster.plan(Specs.of(5)))).isEmpty();
  }

  @Test
  void aBlankNodeThatWaitsForAMissingSeedJoinsAnother() {
    cluster.converge(THREE);
    cluster.carryOut(cluster.plan(Specs.of(4)), Integer.MAX_VALUE);
    assertThat(cluster.get("Pod", "orders-3").toString()).contains(NAMES.brokerNode(0));
    cluster.faults().crash("orders-0");
    cluster.startNodesSlowly(0);
    cluster.settle();
    cluster.faults().crash("orders-0");

    assertThat(nodeActions(cluster.plan(Specs.of(4)))).as("it waits a little").isEmpty();
    cluster.advance(Duration.ofSeconds(31));
    assertThat(nodeActions(cluster.plan(Specs.of(4)))).containsExactly("Delete Pod orders-3");
    cluster.carryOut(cluster.plan(Specs.of(4)), Integer.MAX_VALUE);
    cluster.settle();
    cluster.faults().crash("orders-0");
    assertThat(cluster.plan(Specs.of(4)).nodes())
        .extracting(NodePlannerTest::seed)
        .containsExactly(NAMES.brokerNode(1));
  }

  @Test
  void aNodeWithDataHasUnlimitedTimeToStart() {
    cluster.converge(THREE);
    cluster.faults().hang("orders-2");
    cluster.advance(Duration.ofHours(1));

    assertThat(nodeActions(cluster.plan(THREE))).isEmpty();
  }

  private String record(String field) {
    return cluster.get("ConfigMap", "orders-membership").path("data").path(field).asText();
  }

  private static String seed(KubernetesAction action) {
    return action.object().getMetadata().getAnnotations().get(QueueNodePod.SEED_ANNOTATION);
  }
}
