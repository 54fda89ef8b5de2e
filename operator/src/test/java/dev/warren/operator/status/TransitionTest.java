package dev.warren.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeReplacement;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodesStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Quorum;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ScalingStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.List;
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
    "ConsumerNotReady,  EndpointNotReady,  -",
    "Starting,          GatewayNotReady,   -",
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
    "AllReady,          GatewayNotReady,   Warning",
    "AllReady,          EndpointNotReady,  Warning",
    // nothing new
    "AllReady,          AllReady,          -",
    "Unschedulable,     Unschedulable,     -",
    "Starting,          Starting,          -",
  })
  void aChangeOfStateIsAnEventAndTheStepsOnTheWayAreNot(String before, String now, String event) {
    assertThat(
            Transition.between(
                before.equals(NOTHING) ? null : status(before, 1, "then"), status(now, 1, "now")))
        .extracting(transition -> transition.normal() ? "Normal" : "Warning")
        .isEqualTo(event.equals(NOTHING) ? List.of() : List.of(event));
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

  @Test
  void eachStepOfANodesDepartureIsToldOnce() {
    NodeReplacement decided =
        new NodeReplacement("orders-1", "it is lost", null, "2026-01-01T12:00:00Z", null, null);
    NodeReplacement forgotten =
        new NodeReplacement(
            "orders-1",
            "it is lost",
            "orders-3",
            "2026-01-01T12:00:00Z",
            "2026-01-01T12:00:09Z",
            null);
    NodeReplacement completed =
        new NodeReplacement(
            "orders-1",
            "it is lost",
            "orders-3",
            "2026-01-01T12:00:00Z",
            "2026-01-01T12:00:09Z",
            "2026-01-01T12:00:15Z");

    assertThat(Transition.between(departing(null), departing(decided)))
        .containsExactly(
            new Transition(false, "NodeLeaving", "orders-1 goes for good: it is lost"));
    assertThat(Transition.between(departing(decided), departing(decided))).isEmpty();
    assertThat(Transition.between(departing(decided), departing(forgotten)))
        .containsExactly(
            new Transition(
                true,
                "NodeForgotten",
                "orders-1 was forgotten by the other nodes, 9 s after that was decided"));
    assertThat(Transition.between(departing(forgotten), departing(completed)))
        .containsExactly(
            new Transition(
                true,
                "NodeReplaced",
                "orders-3 has taken the place of orders-1, 15 s after that was decided; every queue"
                    + " has all its members"));
    assertThat(Transition.between(departing(completed), departing(completed))).isEmpty();
  }

  @Test
  void anotherNumberOfPodsIsToldOfConsumersThatFollowTheirLoad() {
    MessageTopologyStatus before = consumers(consumer("a", 2, "old"), consumer("b", 2, "old"));
    MessageTopologyStatus after = consumers(consumer("a", 5, "new"), consumer("b", 2, "new"));

    assertThat(Transition.between(before, after))
        .containsExactly(new Transition(true, "ConsumerScaled", "a goes from 2 to 5 Pods: new"));
    assertThat(Transition.between(after, after)).isEmpty();
  }

  @Test
  void aNumberOfPodsThatTheUserHasChangedIsNoNews() {
    assertThat(
            Transition.between(
                consumers(new ConsumerStatus("a", 2, 2, null)),
                consumers(new ConsumerStatus("a", 5, 2, null))))
        .isEmpty();
  }

  private static ConsumerStatus consumer(String name, int replicas, String reason) {
    return new ConsumerStatus(
        name, replicas, 2, null, new ScalingStatus(1.0, 1.0, 1L, "1s", reason, null));
  }

  private static MessageTopologyStatus consumers(ConsumerStatus... consumers) {
    MessageTopologyStatus status = status("AllReady", 1, "3/3");
    return new MessageTopologyStatus(
        1L,
        status.conditions(),
        null,
        null,
        null,
        null,
        null,
        List.of(consumers),
        null,
        null,
        null,
        null);
  }

  private static MessageTopologyStatus departing(NodeReplacement replacement) {
    MessageTopologyStatus status = status("AllReady", 1, "3/3");
    return new MessageTopologyStatus(
        1L,
        status.conditions(),
        null,
        new NodesStatus(3, 3, Quorum.Healthy, List.of(), null, replacement),
        List.of(),
        null,
        null,
        List.of(),
        null,
        null,
        null,
        null);
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
        generation, List.of(ready), null, null, null, null, null, null, null, null, null, null);
  }
}
