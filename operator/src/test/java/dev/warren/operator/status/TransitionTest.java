package dev.warren.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeReplacement;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodesStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Quorum;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Removal;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ScalingStatus;
import dev.warren.operator.model.Outlook;
import dev.warren.operator.model.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which changes of the status become Events, and which of them warnings. */
class TransitionTest {

  private static final String NOTHING = "-";

  /** Before and now: the reason of Ready. */
  @ParameterizedTest(name = "from {0} to {1}: {2}")
  @CsvSource({
    // while it starts
    "-,                 Starting,          Normal",
    "Starting,          AllReady,          Normal",
    "Starting,          NodesStarting,     -",
    "NodesStarting,     QueueNotReady,     -",
    "QueueNotReady,     ConsumerNotReady,  -",
    "ConsumerNotReady,  EndpointNotReady,  -",
    "Starting,          GatewayNotReady,   -",
    "Updating,          VolumeGrowing,     -",
    "-,                 InvalidSpec,       Warning",
    "-,                 BrokerUnreachable, Warning",
    "-,                 AllReady,          Normal",
    // trouble
    "Starting,          Unschedulable,     Warning",
    "Unschedulable,     ImagePullBackOff,  Warning",
    "Unschedulable,     Starting,          Normal",
    "BrokerUnreachable, AllReady,          Normal",
    "BrokerUnreachable, Starting,          Normal",
    "BrokerUnreachable, NodeLost,          Warning",
    "AllReady,          BrokerUnreachable, Warning",
    "ReconcileFailed,   AllReady,          Normal",
    // a ready topology starts again only when something is wrong
    "AllReady,          Starting,          Warning",
    "AllReady,          RollingUpdate,     Warning",
    "AllReady,          QueueNotReady,     Warning",
    "AllReady,          GatewayNotReady,   Warning",
    "AllReady,          EndpointNotReady,  Warning",
    // only after a change by the user
    "AllReady,          VolumeGrowing,     Normal",
    "AllReady,          Paused,            Normal",
    // nothing new
    "AllReady,          AllReady,          -",
    "Unschedulable,     Unschedulable,     -",
    "BrokerUnreachable, BrokerUnreachable, -",
    "Starting,          Starting,          -",
    // a status that an operator of another version wrote
    "NoSuchReason,      Starting,          Normal",
    "NoSuchReason,      Unschedulable,     Warning",
  })
  void aChangeOfStateIsAnEventAndIntermediateStepsAreNot(String before, String now, String event) {
    assertThat(events(before, status(now, 1, "now"))).isEqualTo(expected(event));
  }

  /** The same, when the user has changed the resource between the two. */
  @ParameterizedTest(name = "from {0} to {1}: {2}")
  @CsvSource({
    "AllReady,      Updating,          Normal",
    "AllReady,      RollingUpdate,     Normal",
    "AllReady,      VolumeGrowing,     Normal",
    "AllReady,      Migrating,         Normal",
    "AllReady,      Declaring,         Normal",
    "AllReady,      ConsumerNotReady,  Normal",
    "AllReady,      AllReady,          -",
    "RollingUpdate, VolumeGrowing,     -",
    // a user's mistake is a warning
    "AllReady,      InvalidSpec,       Warning",
    "AllReady,      ImmutableArgument, Warning",
    "AllReady,      BrokerUnreachable, Warning",
  })
  void aChangeThatTheUserAskedForIsNoWarning(String before, String now, String event) {
    assertThat(events(before, status(now, 2, "now"))).isEqualTo(expected(event));
  }

  private static List<String> events(String before, MessageTopologyStatus now) {
    return Transition.between(before.equals(NOTHING) ? null : status(before, 1, "then"), now)
        .stream()
        .map(transition -> transition.normal() ? "Normal" : "Warning")
        .toList();
  }

  private static List<String> expected(String event) {
    return event.equals(NOTHING) ? List.of() : List.of(event);
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
        .contains(new Transition(true, Reason.BECAME_READY, "3/3 nodes"));
  }

  @Test
  void eachStepOfARemovalIsReportedOnce() {
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

    assertThat(Transition.between(removing(null), removing(decided)))
        .containsExactly(
            new Transition(
                false, Reason.NODE_LEAVING, "orders-1 is being permanently removed: it is lost"));
    assertThat(Transition.between(removing(decided), removing(decided))).isEmpty();
    assertThat(Transition.between(removing(decided), removing(forgotten)))
        .containsExactly(
            new Transition(
                true,
                Reason.NODE_FORGOTTEN,
                "The other nodes removed orders-1 from the cluster, 9 s after the decision"));
    assertThat(Transition.between(removing(forgotten), removing(completed)))
        .containsExactly(
            new Transition(
                true,
                Reason.NODE_REPLACED,
                "orders-3 replaced orders-1, 15 s after the decision; every queue"
                    + " has all its members"));
    assertThat(Transition.between(removing(completed), removing(completed))).isEmpty();
  }

  /** Before and now: the reason of NodesSpread. */
  @ParameterizedTest(name = "from {0} to {1}: {2}")
  @CsvSource({
    "-,             Spread,        -",
    "-,             MachineShared, Warning",
    "Spread,        MachineShared, Warning",
    "MachineShared, MachineShared, -",
    "MachineShared, NodeMoving,    Normal",
    "NodeMoving,    Spread,        Normal",
    "NodeMoving,    MachineShared, Warning",
    "Spread,        Spread,        -",
  })
  void theBeginAndTheEndOfAMoveAreEvents(String before, String now, String event) {
    List<Transition> events = Transition.between(spread(before), spread(now));

    assertThat(events.stream().map(transition -> transition.normal() ? "Normal" : "Warning"))
        .isEqualTo(expected(event));
    assertThat(events).allMatch(transition -> transition.message().equals("of " + now));
    assertThat(events).allMatch(transition -> transition.reason().wireName().equals(now));
  }

  @Test
  void aMoveIsNotReportedAsARemovalToo() {
    NodeReplacement decided =
        new NodeReplacement("orders-1", "it shares", null, "2026-01-01T12:00:00Z", null, null);
    Removal move = new Removal("orders-1", "Moved", "Decided", "2026-01-01T12:00:00Z", "it shares");

    assertThat(Transition.between(removing(null), removing(decided, move))).isEmpty();
  }

  @Test
  void aScaleOfAScaledConsumerIsAnEvent() {
    MessageTopologyStatus before = consumers(consumer("a", 2, "old"), consumer("b", 2, "old"));
    MessageTopologyStatus after = consumers(consumer("a", 5, "new"), consumer("b", 2, "new"));

    assertThat(Transition.between(before, after))
        .containsExactly(
            new Transition(true, Reason.CONSUMER_SCALED, "a is scaled from 2 to 5 Pods: new"));
    assertThat(Transition.between(after, after)).isEmpty();
  }

  @Test
  void aNumberOfPodsThatTheUserChangedIsNoEvent() {
    assertThat(
            Transition.between(
                consumers(new ConsumerStatus("a", 2, 2, null)),
                consumers(new ConsumerStatus("a", 5, 2, null))))
        .isEmpty();
  }

  @Test
  void aConsumerThatMayLoseMessagesIsAWarningOnce() {
    MessageTopologyStatus safe = consumers(new ConsumerStatus("a", 1, 1, null));
    MessageTopologyStatus atRisk =
        consumers(new ConsumerStatus("a", 1, 1, null, null, null, "Messages are dropped"));

    assertThat(Transition.between(safe, atRisk))
        .containsExactly(new Transition(false, Reason.NO_DEAD_LETTER, "a: Messages are dropped"));
    assertThat(Transition.between(atRisk, atRisk)).isEmpty();
    assertThat(Transition.between(atRisk, safe)).isEmpty();
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
        null,
        null);
  }

  private static MessageTopologyStatus spread(String reason) {
    MessageTopologyStatus status = status("AllReady", 1, "3/3");
    if (reason.equals(NOTHING)) {
      return status;
    }
    Condition spread =
        new ConditionBuilder()
            .withType("NodesSpread")
            .withStatus(conditionStatus(reason))
            .withReason(reason)
            .withMessage("of " + reason)
            .build();
    return new MessageTopologyStatus(1L, List.of(status.conditions().getFirst(), spread));
  }

  private static MessageTopologyStatus removing(NodeReplacement replacement) {
    return removing(replacement, null);
  }

  private static MessageTopologyStatus removing(NodeReplacement replacement, Removal removal) {
    MessageTopologyStatus status = status("AllReady", 1, "3/3");
    return new MessageTopologyStatus(
        1L,
        status.conditions(),
        null,
        new NodesStatus(3, 3, Quorum.Healthy, List.of(), removal, replacement),
        List.of(),
        null,
        null,
        List.of(),
        null,
        null,
        null,
        null,
        null);
  }

  private static MessageTopologyStatus status(String reason, long generation, String message) {
    Condition ready =
        new ConditionBuilder()
            .withType("Ready")
            .withStatus(conditionStatus(reason))
            .withReason(reason)
            .withMessage(message)
            .build();
    return new MessageTopologyStatus(generation, List.of(ready));
  }

  private static String conditionStatus(String reason) {
    return switch (Reason.of(reason).map(Reason::outlook).orElse(Outlook.TROUBLE)) {
      case FINE -> "True";
      case UNKNOWN -> "Unknown";
      default -> "False";
    };
  }
}
