package dev.warren.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which changes of a topology its user is told as Events, and which as warnings. */
class TransitionTest {

  private static final String NOTHING = "-";

  /** Before and now: the reason why the topology is not ready; AllReady if it is. */
  @ParameterizedTest(name = "from {0} to {1}: {2}")
  @CsvSource({
    // while it is made
    "-,                 Starting,          Normal",
    "Starting,          AllReady,          Normal",
    "Starting,          NodesStarting,     -",
    "NodesStarting,     QueueNotReady,     -",
    "QueueNotReady,     ConsumerNotReady,  -",
    "-,                 InvalidSpec,       Warning",
    "-,                 AllReady,          Normal",
    // trouble
    "Starting,          Unschedulable,     Warning",
    "Unschedulable,     ImagePullBackOff,  Warning",
    "Unschedulable,     Starting,          Normal",
    "BrokerUnreachable, AllReady,          Normal",
    "AllReady,          BrokerUnreachable, Warning",
    // by itself, a ready topology does not begin to start
    "AllReady,          Starting,          Warning",
    "AllReady,          QueueNotReady,     Warning",
    // nothing new
    "AllReady,          AllReady,          -",
    "Unschedulable,     Unschedulable,     -",
    "Starting,          Starting,          -",
  })
  void aChangeOfStateIsAnEventAndTheStepsOnTheWayAreNot(String before, String now, String event) {
    assertThat(
            Transition.between(
                before.equals(NOTHING) ? null : status(before, 1, "then"), status(now, 1, "now")))
        .map(transition -> transition.normal() ? "Normal" : "Warning")
        .isEqualTo(event.equals(NOTHING) ? Optional.empty() : Optional.of(event));
  }

  @Test
  void whatTheUserHasAskedForIsNoWarning() {
    assertThat(Transition.between(status("AllReady", 1, "then"), status("RollingUpdate", 2, "now")))
        .contains(new Transition(true, "RollingUpdate", "now"));
  }

  @Test
  void aMistakeIsAWarningThoughTheUserHasMadeItHimself() {
    assertThat(Transition.between(status("AllReady", 1, "then"), status("InvalidSpec", 2, "now")))
        .contains(new Transition(false, "InvalidSpec", "now"));
  }

  @Test
  void anotherMessageOfTheSameReasonIsNoEvent() {
    assertThat(
            Transition.between(
                status("Unschedulable", 1, "0/3 nodes"), status("Unschedulable", 1, "0/4 nodes")))
        .isEmpty();
  }

  @Test
  void anEventSaysWhatTheConditionSays() {
    assertThat(
            Transition.between(status("Starting", 1, "then"), status("AllReady", 1, "3/3 nodes")))
        .contains(new Transition(true, "Ready", "3/3 nodes"));
  }

  private static MessageTopologyStatus status(String reason, long generation, String message) {
    Condition ready =
        new ConditionBuilder()
            .withType("Ready")
            .withStatus(reason.equals("AllReady") ? "True" : "False")
            .withReason(reason)
            .withMessage(message)
            .build();
    return new MessageTopologyStatus(
        generation, List.of(ready), null, null, null, null, null, null);
  }
}
