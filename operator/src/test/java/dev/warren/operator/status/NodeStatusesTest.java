package dev.warren.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeReplacement;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodesStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Removal;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.NodeRemoval.Phase;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.Observations;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The removal of a node, as status tells it. */
class NodeStatusesTest {

  private static final String BEGIN = "2026-01-01T12:00:00Z";
  private static final String LATER = "2026-01-01T12:00:09Z";
  private static final String END = "2026-01-01T12:00:15Z";

  private static final NodeRemoval DECIDED =
      NodeRemoval.decided(1, Kind.GIVEN_UP, "it was given up", BEGIN);

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
