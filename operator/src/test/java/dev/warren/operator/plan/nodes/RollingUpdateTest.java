package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.PlannedActions.nodeActions;
import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes that are restarted one after the other because the spec has changed. */
class RollingUpdateTest {

  private static final MessageTopologySpec THREE = Specs.of(3);
  private static final String CHANGE = "config: log.console.level = debug";
  private static final MessageTopologySpec THREE_CHANGED = Specs.of(3, CHANGE, "");
  private static final String QUEUES =
      "queues: [{name: a, type: quorum}, {name: b, type: quorum}]\n";

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void aChangedSpecRestartsRunningNodesOneByOne() {
    cluster.converge(THREE);

    assertThat(nodeActions(cluster.plan(THREE_CHANGED))).containsExactly("Delete Pod orders-2");
    cluster.carryOut(cluster.plan(THREE_CHANGED), Integer.MAX_VALUE);
    assertThat(nodeActions(cluster.plan(THREE_CHANGED))).as("while it ends").isEmpty();
    cluster.startNodesSlowly(0);
    cluster.settle();
    cluster.carryOut(cluster.plan(THREE_CHANGED), Integer.MAX_VALUE);
    cluster.settle();
    assertThat(nodeActions(cluster.plan(THREE_CHANGED))).as("while it starts").isEmpty();
    cluster.startNodesSlowly(1);
    cluster.settle();
    assertThat(nodeActions(cluster.plan(THREE_CHANGED))).containsExactly("Delete Pod orders-1");
  }

  @Test
  void aRestartNamesTheFieldsThatChange() {
    cluster.converge(THREE);
    String larger = "resources: {limits: {memory: 3Gi}}";

    assertThat(cluster.plan(Specs.of(3, larger, "")).nodes())
        .singleElement()
        .extracting(KubernetesAction::because)
        .asString()
        .startsWith("it was created from an earlier spec; its configuration has changed; ")
        .containsPattern("spec.containers\\[rabbitmq].resources.limits.memory: \\S+ -> 3Gi")
        .doesNotContain("revision", "seed", "topologySpreadConstraints");
    assertThat(cluster.plan(THREE_CHANGED).nodes())
        .singleElement()
        .extracting(KubernetesAction::because)
        .isEqualTo("it was created from an earlier spec; its configuration has changed");
  }

  @Test
  void theNodeWithTheFewestLeadersIsRestartedFirst() {
    cluster.converge(Specs.of(3, "", QUEUES));
    cluster.queueMembers().leadAll(2);

    assertThat(orderOfReplacement(Specs.of(3, CHANGE, QUEUES))).endsWith("orders-2");
  }

  @Test
  void withEqualLeadersTheNodeWithTheFewestMembersIsRestartedFirst() {
    cluster.converge(Specs.of(5, "", QUEUES));
    List<String> withoutMember =
        cluster.names("Pod").stream().filter(pod -> !isMember(pod)).toList();
    assertThat(withoutMember).hasSize(2);

    assertThat(orderOfReplacement(Specs.of(5, CHANGE, QUEUES)).subList(0, 2))
        .containsExactlyInAnyOrderElementsOf(withoutMember);
  }

  private boolean isMember(String pod) {
    String node = NAMES.brokerNode(NAMES.numberOfPod(pod).orElseThrow());
    return cluster.members().values().stream().anyMatch(members -> members.contains(node));
  }

  /** The names of the Pods that are recreated until all run the spec. */
  private List<String> orderOfReplacement(MessageTopologySpec spec) {
    List<String> order = new ArrayList<>();
    for (int pass = 0; pass < 50; pass++) {
      cluster.step(spec).nodes().stream()
          .filter(action -> action instanceof Delete)
          .map(action -> action.object().getMetadata().getName())
          .forEach(order::add);
    }
    assertThat(order).hasSize(spec.nodes().replicas());
    return order;
  }

  @Test
  void anUpdateStopsAtTheFirstNodeThatDoesNotReturnAndCanBeReverted() {
    cluster.converge(THREE);
    cluster.carryOut(cluster.plan(THREE_CHANGED), Integer.MAX_VALUE);
    cluster.startNodesSlowly(0);
    for (int pass = 0; pass < 20; pass++) {
      cluster.step(THREE_CHANGED);
    }

    assertThat(cluster.brokerNodes())
        .as("the others serve")
        .containsEntry(NAMES.brokerNode(0), true)
        .containsEntry(NAMES.brokerNode(1), true)
        .containsEntry(NAMES.brokerNode(2), false);
    assertThat(nodeActions(cluster.plan(THREE_CHANGED))).isEmpty();
    assertThat(nodeActions(cluster.plan(THREE)))
        .as("taken back")
        .containsExactly("Delete Pod orders-2");

    cluster.startNodesSlowly(3);
    cluster.converge(THREE);
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
  }

  @Test
  void anUpdateWaitsForAnUnhealthyNode() {
    cluster.converge(THREE);
    cluster.faults().hang("orders-0");

    assertThat(nodeActions(cluster.plan(THREE_CHANGED)))
        .doesNotContain("Delete Pod orders-1", "Delete Pod orders-2");
  }

  @Test
  void anUnreadyNodeIsRestartedFirstSoThatAMistakeCanBeCorrected() {
    cluster.converge(THREE);
    cluster.faults().hang("orders-1");

    assertThat(nodeActions(cluster.plan(THREE_CHANGED))).containsExactly("Delete Pod orders-1");
  }

  /** As after an outage of the API server, when its controllers mark machines as unknown. */
  @Test
  void runningNodesAreNotRestartedTogetherAlthoughKubernetesReportsAllNotReady() {
    cluster.converge(THREE);
    List.of("orders-0", "orders-1", "orders-2").forEach(cluster.faults()::reportNotReady);

    assertThat(nodeActions(cluster.plan(THREE_CHANGED)))
        .noneMatch(what -> what.startsWith("Delete Pod"));
  }

  @Test
  void aMistakeInTheFirstSpecCanBeCorrected() {
    cluster.startNodesSlowly(0);
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);
    cluster.settle();
    assertThat(nodeActions(cluster.plan(THREE_CHANGED))).containsExactly("Delete Pod orders-2");

    cluster.startNodesSlowly(3);
    cluster.converge(THREE_CHANGED);
    assertThat(cluster.brokerNodes()).hasSize(3);
  }

  @Test
  void nodesThatDoNotRunAreRestartedTogether() {
    cluster.converge(THREE);
    cluster.faults().crash("orders-0");
    cluster.faults().crash("orders-1");

    assertThat(nodeActions(cluster.plan(THREE_CHANGED)))
        .containsExactlyInAnyOrder("Delete Pod orders-0", "Delete Pod orders-1");
  }

  @Test
  void nodesAreAddedBeforeTheOthersAreRestarted() {
    cluster.converge(Specs.of(1));

    assertThat(nodeActions(cluster.plan(Specs.of(3, "config: log.console.level = debug", ""))))
        .doesNotContain("Delete Pod orders-0");
  }
}
