package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.nodes.RemovalRun.nodes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.NodeRemoval.Phase;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Removals during which something else happens. */
class InterruptedRemovalTest {

  private final RemovalRun run = new RemovalRun();
  private final InMemoryCluster cluster = run.cluster();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void replicasCanBeRaisedAtAnyStepOfARemoval(int steps) {
    cluster.converge(nodes(4));
    for (int i = 0; i < steps; i++) {
      run.step(nodes(3));
    }
    run.converge(nodes(5));

    assertThat(cluster.brokerNodes()).hasSize(5).doesNotContainValue(false);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
  void theRecordCanBeDeletedAtAnyStepOfARemoval(int steps) {
    cluster.converge(nodes(3));
    run.lose(1);
    for (int i = 0; i < steps; i++) {
      run.step(nodes(3));
    }
    cluster.delete("ConfigMap", "orders-membership");
    run.converge(nodes(3));

    run.assertNodes(Set.of(0, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theRecordCanBeDeletedAtAnyStepOfAScaleDown(int steps) {
    cluster.converge(nodes(4));
    for (int i = 0; i < steps; i++) {
      run.step(nodes(3));
    }
    cluster.delete("ConfigMap", "orders-membership");
    run.converge(nodes(3));

    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
    assertThat(cluster.observe().nodes().values()).allMatch(QueueNode::isInService);
  }

  /** The phases that each kind of removal has. */
  static Stream<Arguments> removals() {
    List<Phase> end = List.of(Phase.FORGETTING, Phase.FORGOTTEN, Phase.CLEARING, Phase.DONE);
    return Stream.of(
        Arguments.of(Kind.LOST, phases(List.of(Phase.DECIDED, Phase.ISOLATING), end)),
        Arguments.of(
            Kind.GIVEN_UP,
            phases(
                List.of(
                    Phase.DECIDED,
                    Phase.AWAITING_REPLACEMENT,
                    Phase.AWAITING_MEMBERS,
                    Phase.DRAINING,
                    Phase.STOPPING),
                end)),
        Arguments.of(
            Kind.SURPLUS, phases(List.of(Phase.DECIDED, Phase.DRAINING, Phase.STOPPING), end)));
  }

  private static List<Phase> phases(List<Phase> begin, List<Phase> end) {
    return Stream.concat(begin.stream(), end.stream()).toList();
  }

  /**
   * After one action, then after two, and so on: after one each time, no new node would ever be
   * created. Before its volume there are its Secret, the Service and the record, and the Secret of
   * a node of before is removed.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("removals")
  void anOperatorThatIsKilledAfterEveryActionContinues(Kind kind, List<Phase> expected) {
    MessageTopologySpec spec = begin(kind);
    List<Phase> seen = new ArrayList<>();
    int quiet = 0;
    for (int i = 0; i < 1000 && quiet < 3; i++) {
      ReconcilePlan plan = cluster.plan(spec);
      cluster.carryOut(plan, 1 + i % 8);
      boolean moved = cluster.settle();
      run.recorded().map(NodeRemoval::phase).ifPresent(seen::add);
      quiet = plan.isEmpty() && !moved ? quiet + 1 : 0;
    }

    assertThat(seen).containsSubsequence(expected).endsWith(Phase.DONE);
    assertThat(run.removal().kind()).isEqualTo(kind);
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
    assertThat(cluster.members().values()).allSatisfy(nodes -> assertThat(nodes).hasSize(3));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("removals")
  void aRemovalWaitsInEachPhaseUntilItsRecordIsWritten(Kind kind, List<Phase> expected) {
    MessageTopologySpec spec = begin(kind);
    List<Phase> seen = new ArrayList<>();
    for (int i = 0; i < 300 && !seen.contains(Phase.DONE); i++) {
      cluster.refuseRecord(true);
      Optional<NodeRemoval> before = run.recorded();
      ReconcilePlan plan = cluster.plan(spec);
      cluster.carryOut(plan, Integer.MAX_VALUE);
      assertThat(run.recorded()).isEqualTo(before);
      cluster.refuseRecord(false);
      cluster.step(spec);
      run.recorded().map(NodeRemoval::phase).ifPresent(seen::add);
    }

    // Queues get members meanwhile, because that is not destructive.
    List<Phase> recorded =
        expected.stream().filter(phase -> phase != Phase.AWAITING_MEMBERS).toList();
    assertThat(seen).containsSubsequence(recorded);
    run.converge(spec);
    assertThat(cluster.brokerNodes()).hasSize(3).doesNotContainValue(false);
  }

  private MessageTopologySpec begin(Kind kind) {
    cluster.converge(nodes(kind == Kind.SURPLUS ? 4 : 3));
    switch (kind) {
      case LOST -> run.lose(1);
      case GIVEN_UP -> cluster.giveUp("orders-1");
      case SURPLUS -> {
        // The spec has one node less.
      }
      case MOVED -> throw new IllegalArgumentException("MovedNodeTest has it");
    }
    return nodes(3);
  }
}
