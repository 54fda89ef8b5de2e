package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.NAMES;
import static dev.warren.operator.status.StatusScene.node;
import static dev.warren.operator.status.StatusScene.ready;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeReplacement;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodesStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Quorum;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Removal;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.NodeRemoval.Phase;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.Observations;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Nodes in the status, and the removal of one. */
class NodeStatusesTest {

  private static final String BEGIN = "2026-01-01T12:00:00Z";
  private static final String LATER = "2026-01-01T12:00:09Z";
  private static final String END = "2026-01-01T12:00:15Z";

  private static final NodeRemoval DECIDED =
      NodeRemoval.decided(1, Kind.GIVEN_UP, "it was given up", BEGIN);

  private final StatusScene scene = new StatusScene();

  @Test
  void nodesAreListedWithTheirMachine() {
    assertThat(scene.build().nodes().members())
        .containsExactly(
            new NodeStatus("orders-0", "Ready", "n0", null),
            new NodeStatus("orders-1", "Ready", "n1", null),
            new NodeStatus("orders-2", "Ready", "n2", null));
  }

  @Test
  void theMessageNamesTheFailingNodeAndItsFailure() {
    scene.podStatus.put(0, "{phase: Pending}");
    scene.podStatus.put(
        2,
        "{containerStatuses: [{name: rabbitmq, state: {terminated: {exitCode: 1, message: bad"
            + " config}}}]}");

    MessageTopologyStatus status = scene.build();

    assertThat(status.summary().nodes()).isEqualTo("1/3");
    assertThat(ready(status))
        .isEqualTo(
            "False/ContainerFailed: 1 of 3 nodes are ready; orders-2: Container rabbitmq ended"
                + " with exit code 1: bad config");
  }

  @Test
  void aNodeThatIsNotCreatedYetCountsAsMissing() {
    scene.podStatus.remove(2);

    assertThat(ready(scene.build())).isEqualTo("False/Starting: 2 of 3 nodes are ready");
  }

  @Test
  void anAlarmThatBlocksPublishersIsReported() {
    scene.brokerNodes.put(
        1, new Node(NAMES.brokerNode(1), true, List.of("memory"), Optional.empty()));

    assertThat(ready(scene.build()))
        .isEqualTo(
            "False/ResourceAlarm: 2 of 3 nodes are ready; orders-1: The node has run out of"
                + " memory: publishers are blocked");
  }

  @ParameterizedTest
  @CsvSource({"3, Healthy", "2, Degraded", "1, Lost"})
  void theQuorumFollowsTheRunningNodes(int running, Quorum quorum) {
    for (int n = running; n < 3; n++) {
      scene.brokerNodes.put(n, node(n, false));
    }

    assertThat(scene.build().nodes().quorum()).isEqualTo(quorum);
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DECIDED", "DONE"})
  void aRemovalThatIsUnderwayIsShownWithItsPhase(Phase phase) {
    assertThat(build(Optional.of(DECIDED.enter(phase, LATER))).removal())
        .isEqualTo(new Removal("orders-1", "GivenUp", phase.wire(), LATER, "it was given up"));
  }

  @Test
  void aRemovalThatIsDoneIsTheLastReplacement() {
    NodeRemoval done = DECIDED.replacedBy(3).enter(Phase.FORGOTTEN, LATER).enter(Phase.DONE, END);
    NodesStatus nodes = build(Optional.of(done));

    assertThat(nodes.removal()).isNull();
    assertThat(nodes.lastReplacement())
        .isEqualTo(
            new NodeReplacement("orders-1", "it was given up", "orders-3", BEGIN, LATER, END));
  }

  @Test
  void aRemovalThatIsUnderwayIsNotCompleted() {
    assertThat(build(Optional.of(DECIDED)).removal())
        .isEqualTo(new Removal("orders-1", "GivenUp", "Decided", BEGIN, "it was given up"));
    assertThat(build(Optional.of(DECIDED)).lastReplacement())
        .isEqualTo(new NodeReplacement("orders-1", "it was given up", null, BEGIN, null, null));
    assertThat(build(Optional.empty()).removal()).isNull();
  }

  private static NodesStatus build(Optional<NodeRemoval> removal) {
    Observation observed = Observations.nothing(Instant.parse(END));
    return new NodeStatuses(observed, ResourceNames.of("shop", "orders"), removal).build(3);
  }
}
