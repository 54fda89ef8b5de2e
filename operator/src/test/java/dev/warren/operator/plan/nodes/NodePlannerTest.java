package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodePlannerTest {

  private static final MessageTopologySpec THREE = Specs.of(3);
  private static final String CHANGE = "config: log.console.level = debug";
  private static final MessageTopologySpec THREE_CHANGED = Specs.of(3, CHANGE, "");
  private static final String QUEUES =
      "queues: [{name: a, type: quorum}, {name: b, type: quorum}]\n";

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void aNewTopologyIsRecordedThenGetsVolumesThenPodsThatAllJoinTheFirst() {
    List<KubernetesAction> actions = cluster.plan(THREE).nodes();

    assertThat(actions)
        .extracting(NodePlannerTest::what)
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
  void whatIsMadeOnceIsNotWrittenAgain() {
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
        .extracting(NodePlannerTest::what)
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
  void thatTheNodesHaveFormedIsRecordedAsSoonAsOneRuns() {
    cluster.startNodesSlowly(1);
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);
    cluster.settle();
    cluster.settle();

    assertThat(whats(THREE)).first().isEqualTo("Replace ConfigMap orders-membership");
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);
    assertThat(record("formed")).isEqualTo("true");
  }

  @Test
  void theyHaveFormedWhenOneServesClientsEvenIfTheOperatorCannotReachIt() {
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);
    cluster.settle();
    cluster.settle();
    cluster.setReachable(false);
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);

    assertThat(record("formed")).isEqualTo("true");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aDeletedPodIsMadeAgainUnderItsNameAndNeverToldToJoinItself(int n) {
    cluster.converge(THREE);
    cluster.delete("Pod", NAMES.node(n));

    List<KubernetesAction> actions = cluster.plan(THREE).nodes();

    assertThat(actions)
        .extracting(NodePlannerTest::what)
        .containsExactly("Create Pod " + NAMES.node(n));
    assertThat(seed(actions.getFirst())).isEqualTo(NAMES.brokerNode(n == 0 ? 1 : 0));
  }

  @Test
  void theOnlyNodeWaitsRatherThanHideThatItsDataIsGone() {
    cluster.converge(Specs.of(1));
    cluster.delete("Pod", "orders-0");

    assertThat(cluster.plan(Specs.of(1)).nodes())
        .extracting(NodePlannerTest::seed)
        .containsExactly(NAMES.noBrokerNode());
  }

  @Test
  void aPodThatHasEndedIsMadeAgain() {
    cluster.converge(THREE);
    cluster.faults().evict("orders-1");

    assertThat(whats(THREE)).containsExactly("Delete Pod orders-1");
    cluster.converge(THREE);
    assertThat(cluster.names("Pod")).containsExactly("orders-0", "orders-1", "orders-2");
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
  }

  @Test
  void aNodeWhoseVolumeIsGoneDoesNotComeBackAndAnotherTakesItsPlace() {
    cluster.converge(THREE);
    cluster.delete("PersistentVolumeClaim", "data-orders-1");
    cluster.delete("Pod", "orders-1");

    assertThat(whats(THREE)).containsExactly("Replace ConfigMap orders-membership");
    cluster.step(THREE);
    assertThat(whats(THREE))
        .containsExactly(
            "Replace ConfigMap orders-membership",
            "Create PersistentVolumeClaim data-orders-3",
            "Create Pod orders-3");
    cluster.converge(THREE);
    assertThat(cluster.names("Pod")).containsExactly("orders-0", "orders-2", "orders-3");
  }

  @Test
  void whenEveryVolumeIsGoneNoClusterIsFoundedInItsPlace() {
    cluster.converge(THREE);
    for (int n = 0; n < 3; n++) {
      cluster.delete("PersistentVolumeClaim", NAMES.volume(n));
      cluster.delete("Pod", NAMES.node(n));
    }

    assertThat(whats(THREE)).isEmpty();
    assertThat(cluster.plan(THREE).nodeProblems()).isNotEmpty();
  }

  @Test
  void theNumbersOfVolumesThatAnEarlierTopologyLeftAreNotUsed() {
    cluster.api().createForeignVolume("data-orders-0");
    cluster.api().createForeignVolume("data-orders-6");
    cluster.converge(THREE);

    assertThat(cluster.names("Pod")).containsExactly("orders-7", "orders-8", "orders-9");
  }

  @Test
  void aNumberIsNotUsedAgainEvenIfNothingIsLeftOfItsNode() {
    ReconcilePlan plan = cluster.plan(THREE);
    cluster.carryOut(plan, plan.support().size() + 4);
    assertThat(cluster.names("PersistentVolumeClaim")).hasSize(3);
    cluster.delete("PersistentVolumeClaim", "data-orders-2");
    cluster.converge(THREE);

    assertThat(cluster.names("Pod")).containsExactly("orders-0", "orders-1", "orders-3");
  }

  @Test
  void aNumberIsNotUsedAgainEvenIfTheRecordIsGoneWithEverythingOfItsNode() {
    cluster.converge(Specs.of(4));
    cluster.converge(THREE);
    assertThat(cluster.names("PersistentVolumeClaim")).doesNotContain("data-orders-3");
    cluster.delete("ConfigMap", "orders-membership");
    cluster.converge(Specs.of(4));

    assertThat(cluster.names("Pod")).contains("orders-4").doesNotContain("orders-3");
  }

  @Test
  void aMissingRecordIsWrittenAgainFromWhatIsThere() {
    cluster.converge(THREE);
    cluster.delete("ConfigMap", "orders-membership");
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);

    assertThat(record("next")).isEqualTo("3");
    assertThat(record("formed")).isEqualTo("true");
  }

  @Test
  void withoutARecordVolumesCountAsFullEvenIfNoNodeAnswers() {
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
    assertThat(whats(Specs.of(5)))
        .containsExactly(
            "Replace ConfigMap orders-membership",
            "Create PersistentVolumeClaim data-orders-3",
            "Create PersistentVolumeClaim data-orders-4",
            "Create Pod orders-3",
            "Create Pod orders-4");

    cluster.faults().crash("orders-2");
    assertThat(whats(Specs.of(5))).isEmpty();
    assertThat(cluster.plan(Specs.of(5)).nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.NO_MAJORITY);
  }

  @Test
  void aBrokerThatDoesNotAnswerIsNoReasonToDeleteOrAddAnything() {
    cluster.converge(THREE);
    cluster.setReachable(false);
    cluster.pass(Duration.ofHours(1));

    assertThat(cluster.plan(THREE).isEmpty()).isTrue();
    assertThat(whats(THREE_CHANGED)).isEmpty();
    assertThat(whats(Specs.of(5))).isEmpty();
  }

  @Test
  void aBlankNodeThatWaitsForOneThatIsGoneIsToldToJoinAnother() {
    cluster.converge(THREE);
    cluster.carryOut(cluster.plan(Specs.of(4)), Integer.MAX_VALUE);
    assertThat(cluster.get("Pod", "orders-3").toString()).contains(NAMES.brokerNode(0));
    cluster.faults().crash("orders-0");
    cluster.startNodesSlowly(0);
    cluster.settle();
    cluster.faults().crash("orders-0");

    assertThat(whats(Specs.of(4))).as("it has a little patience").isEmpty();
    cluster.pass(Duration.ofSeconds(31));
    assertThat(whats(Specs.of(4))).containsExactly("Delete Pod orders-3");
    cluster.carryOut(cluster.plan(Specs.of(4)), Integer.MAX_VALUE);
    cluster.settle();
    cluster.faults().crash("orders-0");
    assertThat(cluster.plan(Specs.of(4)).nodes())
        .extracting(NodePlannerTest::seed)
        .containsExactly(NAMES.brokerNode(1));
  }

  @Test
  void aNodeWithDataIsGivenAsMuchTimeAsItNeeds() {
    cluster.converge(THREE);
    cluster.faults().hang("orders-2");
    cluster.pass(Duration.ofHours(1));

    assertThat(whats(THREE)).isEmpty();
  }

  @Test
  void aChangedSpecReplacesRunningNodesOneAtATime() {
    cluster.converge(THREE);

    assertThat(whats(THREE_CHANGED)).containsExactly("Delete Pod orders-2");
    cluster.carryOut(cluster.plan(THREE_CHANGED), Integer.MAX_VALUE);
    assertThat(whats(THREE_CHANGED)).as("while it ends").isEmpty();
    cluster.startNodesSlowly(0);
    cluster.settle();
    cluster.carryOut(cluster.plan(THREE_CHANGED), Integer.MAX_VALUE);
    cluster.settle();
    assertThat(whats(THREE_CHANGED)).as("while it starts").isEmpty();
    cluster.startNodesSlowly(1);
    cluster.settle();
    assertThat(whats(THREE_CHANGED)).containsExactly("Delete Pod orders-1");
  }

  @Test
  void theNodeThatLeadsTheFewestQueuesIsReplacedFirst() {
    cluster.converge(Specs.of(3, "", QUEUES));
    cluster.queueMembers().leadAll(2);

    assertThat(orderOfReplacement(Specs.of(3, CHANGE, QUEUES))).endsWith("orders-2");
  }

  @Test
  void ofNodesThatLeadAsManyQueuesTheOneWithMembersOfTheFewestIsReplacedFirst() {
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
  void aChangeStopsAtTheFirstNodeThatDoesNotComeBackAndGoesOnWithTheNextOne() {
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
    assertThat(whats(THREE_CHANGED)).isEmpty();
    assertThat(whats(THREE)).as("taken back").containsExactly("Delete Pod orders-2");

    cluster.startNodesSlowly(3);
    cluster.converge(THREE);
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
  }

  @Test
  void aChangedSpecWaitsForANodeThatIsNotWell() {
    cluster.converge(THREE);
    cluster.faults().hang("orders-0");

    assertThat(whats(THREE_CHANGED)).doesNotContain("Delete Pod orders-1", "Delete Pod orders-2");
  }

  @Test
  void aNodeThatDoesNotServeClientsIsReplacedFirstSoThatAMistakeCanBeCorrected() {
    cluster.converge(THREE);
    cluster.faults().hang("orders-1");

    assertThat(whats(THREE_CHANGED)).containsExactly("Delete Pod orders-1");
  }

  /** As when the API server has been away, and its controllers take machines for silent. */
  @Test
  void nodesThatRunAreNotReplacedAllAtOnceThoughKubernetesTakesAllForNotReady() {
    cluster.converge(THREE);
    List.of("orders-0", "orders-1", "orders-2").forEach(cluster.faults()::takeForNotReady);

    assertThat(whats(THREE_CHANGED)).noneMatch(what -> what.startsWith("Delete Pod"));
  }

  @Test
  void aMistakeInTheFirstSpecCanBeCorrectedAlthoughNoNodeEverServedClients() {
    cluster.startNodesSlowly(0);
    cluster.carryOut(cluster.plan(THREE), Integer.MAX_VALUE);
    cluster.settle();
    assertThat(whats(THREE_CHANGED)).containsExactly("Delete Pod orders-2");

    cluster.startNodesSlowly(3);
    cluster.converge(THREE_CHANGED);
    assertThat(cluster.brokerNodes()).hasSize(3);
  }

  @Test
  void nodesThatDoNotRunAreReplacedAtOnce() {
    cluster.converge(THREE);
    cluster.faults().crash("orders-0");
    cluster.faults().crash("orders-1");

    assertThat(whats(THREE_CHANGED))
        .containsExactlyInAnyOrder("Delete Pod orders-0", "Delete Pod orders-1");
  }

  @Test
  void nodesAreAddedBeforeTheOthersAreReplaced() {
    cluster.converge(Specs.of(1));

    assertThat(whats(Specs.of(3, "config: log.console.level = debug", "")))
        .doesNotContain("Delete Pod orders-0");
  }

  @Test
  void theSecretsThatTheNodesWereCreatedWithAreNotRecreated() {
    cluster.converge(THREE);
    cluster.delete("Secret", "orders-admin");
    cluster.delete("Secret", "orders-erlang-cookie");

    ReconcilePlan plan = cluster.plan(THREE);
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.nodeProblems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("orders-admin and orders-erlang-cookie");
  }

  @Test
  void aDeletedConnectionSecretIsANewPassword() {
    cluster.converge(THREE);
    String before = cluster.get("Secret", "orders-connection").at("/data/password").asText();
    cluster.delete("Secret", "orders-connection");
    assertThat(cluster.plan(THREE).broker()).as("nobody knows it yet").isEmpty();
    cluster.converge(THREE);

    assertThat(cluster.get("Secret", "orders-connection").at("/data/password").asText())
        .isNotEmpty()
        .isNotEqualTo(before);
  }

  @Test
  void aVolumeAsksForAsMuchAsTheSpecSaysAndNeverForLess() {
    cluster.converge(THREE);
    assertThat(whats(sized("20Gi")))
        .containsExactly(
            "Grow PersistentVolumeClaim data-orders-0",
            "Grow PersistentVolumeClaim data-orders-1",
            "Grow PersistentVolumeClaim data-orders-2");

    cluster.converge(sized("20Gi"));
    assertThat(requested("data-orders-1")).isEqualTo("20Gi");
    assertThat(cluster.plan(sized("5Gi")).nodes()).isEmpty();
  }

  @Test
  void aVolumeThatGrowsDoesNotRestartItsNode() {
    cluster.converge(sized("1Gi"));

    assertThat(whats(sized("2Gi"))).doesNotContain("Delete Pod orders-2");
    cluster.converge(sized("2Gi"));
    assertThat(whats(sized("2Gi"))).isEmpty();
  }

  @Test
  void untilItHasGrownAVolumeIsToldAndCountsAsTheSmallOneThatItIs() {
    cluster.converge(sized("1Gi"));
    IntStream.range(0, 3).forEach(n -> cluster.api().provision(n, "1Gi"));
    String small = diskLimit();
    cluster.converge(sized("5Gi"));

    assertThat(cluster.plan(sized("5Gi")).nodeProblems())
        .extracting(Problem::reason, Problem::message)
        .contains(
            tuple(
                Reason.VOLUME_GROWING,
                "PersistentVolumeClaim data-orders-1 has 1Gi and grows to 5Gi"));
    assertThat(diskLimit()).isEqualTo(small);

    IntStream.range(0, 3).forEach(n -> cluster.api().provision(n, "5Gi"));
    cluster.converge(sized("5Gi"));
    assertThat(cluster.plan(sized("5Gi")).nodeProblems()).isEmpty();
    assertThat(diskLimit()).isEqualTo("disk_free_limit.absolute = 1073741824\n");
  }

  private static MessageTopologySpec sized(String size) {
    return Serialization.unmarshal(
        "nodes: {replicas: 3, replaceAfter: 60s, storage: {size: %s, onDelete: Delete}}"
            .formatted(size),
        MessageTopologySpec.class);
  }

  private String requested(String claim) {
    return cluster
        .get("PersistentVolumeClaim", claim)
        .at("/spec/resources/requests/storage")
        .asText();
  }

  private String diskLimit() {
    return cluster.get("ConfigMap", NAMES.configMap()).at("/data/20-disk.conf").asText();
  }

  @Test
  void retainedVolumesLoseTheirOwnerAndStayOurs() {
    cluster.converge(THREE);
    cluster.converge(
        Serialization.unmarshal(
            "nodes: {replicas: 3, replaceAfter: 60s, storage: {size: 20Gi, onDelete: Retain}}",
            MessageTopologySpec.class));

    assertThat(
            cluster.get("PersistentVolumeClaim", "data-orders-0").at("/metadata/ownerReferences"))
        .isInstanceOf(MissingNode.class);
    assertThat(cluster.names("Pod")).hasSize(3);
    cluster.converge(THREE);
    assertThat(
            cluster.get("PersistentVolumeClaim", "data-orders-0").at("/metadata/ownerReferences"))
        .hasSize(1);
  }

  private List<String> whats(MessageTopologySpec spec) {
    return cluster.plan(spec).nodes().stream().map(NodePlannerTest::what).toList();
  }

  private String record(String field) {
    return cluster.get("ConfigMap", "orders-membership").path("data").path(field).asText();
  }

  private static String what(KubernetesAction action) {
    return "%s %s %s"
        .formatted(
            action.getClass().getSimpleName(),
            action.object().getKind(),
            action.object().getMetadata().getName());
  }

  private static String seed(KubernetesAction action) {
    return action.object().getMetadata().getAnnotations().get(QueueNodePod.SEED_ANNOTATION);
  }
}
