package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.Observations;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.nodes.RemovalFinding.Candidate;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossDetectorTest {

  private static final MessageTopologySpec FIVE =
      Specs.of(5, "", "queues: [{name: q, type: quorum, members: 5}]");
  private static final Duration SHORT = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofSeconds(90);

  private final InMemoryCluster cluster = new InMemoryCluster();

  @BeforeEach
  void fiveNodes() {
    cluster.converge(FIVE);
  }

  /** What happens to node 1, for how long, and the result. */
  static Stream<Arguments> evidence() {
    return Stream.of(
        found("nothing happens", LONG, "nothing"),
        found("machine silent", SHORT, "held NodeLost: its machine m1 is silent"),
        found("machine silent", LONG, "lost: its machine m1 is silent"),
        found("machine gone", SHORT, "held NodeLost: its machine m1 is gone"),
        found("machine gone", LONG, "lost: its machine m1 is gone"),
        found("machine silent and back", LONG, "nothing"),
        found("machine silent, node runs", LONG, "nothing"),
        found("crash loop", LONG, "nothing"),
        found("Pod hangs", LONG, "nothing"),
        found("Pod deleted", LONG, "nothing"),
        found("volume gone, node runs", LONG, "nothing"),
        found("volume gone", SHORT, "lost: its volume is gone"),
        found("volume empty", SHORT, "lost: because its volume is empty"),
        found("volume empty for a moment", LONG, "nothing"),
        found("machine unknown", LONG, "nothing"));
  }

  private static Arguments found(String what, Duration time, String finding) {
    return Arguments.of(what, time, finding);
  }

  @ParameterizedTest(name = "{0} for {1}: {2}")
  @MethodSource("evidence")
  void aNodeIsLostWhenKubernetesAndTheRunningNodesAgree(
      String what, Duration time, String expected) {
    cluster.observe();
    happens(what);
    cluster.advance(time);
    Observation seen = cluster.observe();
    if (what.equals("machine unknown")) {
      seen = withoutMachines(seen);
    }

    RemovalFinding finding = find(FIVE, seen);

    String[] parts = expected.split(": ");
    switch (parts[0]) {
      case "nothing" -> assertThat(finding).isEqualTo(RemovalFinding.NONE);
      case "lost" -> {
        assertThat(finding.problem()).isEmpty();
        assertThat(finding.candidate()).map(Candidate::node).contains(1);
        assertThat(finding.candidate()).map(Candidate::kind).contains(Kind.LOST);
        assertThat(finding.candidate().orElseThrow().because())
            .startsWith("orders-1 does not run")
            .contains(parts[1]);
      }
      default -> {
        assertThat(finding.candidate()).isEmpty();
        assertThat("held " + finding.problem().orElseThrow().reason().wireName())
            .isEqualTo(parts[0]);
        assertThat(finding.problem().orElseThrow().message()).contains(parts[1]);
      }
    }
  }

  private void happens(String what) {
    switch (what) {
      case "nothing happens" -> {}
      case "machine silent", "machine unknown" -> cluster.faults().silence("m1");
      case "machine gone" -> cluster.faults().destroy("m1");
      case "machine silent and back" -> {
        cluster.faults().silence("m1");
        cluster.observe();
        cluster.faults().bringBack("m1");
        cluster.settle();
      }
      case "machine silent, node runs" -> {
        // Kubernetes cannot reach it, and the other nodes can.
        cluster.faults().silence("m1");
        cluster.brokerNodes().put(NAMES.brokerNode(1), true);
      }
      case "crash loop" -> cluster.faults().crashAlways("orders-1");
      case "Pod hangs" -> cluster.faults().hang("orders-1");
      case "Pod deleted" -> cluster.delete("Pod", "orders-1");
      case "volume gone, node runs" -> cluster.faults().deleteClaim(1);
      case "volume gone" -> {
        cluster.faults().deleteClaim(1);
        cluster.delete("Pod", "orders-1");
      }
      case "volume empty" -> {
        cluster.faults().emptyVolume(1);
        cluster.settle();
      }
      case "volume empty for a moment" -> {
        cluster.faults().emptyVolume(1);
        cluster.settle();
        cluster.faults().startAfterRefusal("orders-1");
      }
      default -> throw new AssertionError(what);
    }
  }

  private static Observation withoutMachines(Observation seen) {
    return Observations.withMachines(seen, Map.of());
  }

  @Test
  void theFirstNodeIsLostLikeAnyOther() {
    silence("m0");

    assertThat(find().candidate()).map(Candidate::node).contains(0);
  }

  @Test
  void aBrokerThatDoesNotAnswerProvesNothing() {
    silence("m1");
    cluster.setReachable(false);

    assertThat(find()).isEqualTo(RemovalFinding.NONE);
  }

  @Test
  void anOperatorThatHasJustStartedWaitsTheFullTime() {
    silence("m1");
    cluster.restartOperator();

    assertHeld("NodeLost", "if it does not return within 60s");
    cluster.advance(LONG);
    assertThat(find().candidate()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"machine gone", "volume gone", "volume empty"})
  void withReplaceAfterNeverNoNodeIsReplaced(String what) {
    happens(what);
    cluster.observe();
    cluster.advance(Duration.ofDays(30));

    RemovalFinding finding = find(withReplaceAfter("never"), cluster.observe());

    assertThat(finding.candidate()).isEmpty();
    assertThat(finding.problem().orElseThrow().message()).endsWith("replaceAfter is never");
  }

  @Test
  void withReplaceAfterZeroALostNodeIsReplacedAtOnce() {
    cluster.faults().silence("m1");

    assertThat(find(withReplaceAfter("0s"), cluster.observe()).candidate()).isPresent();
  }

  @Test
  void twoNodesOnSilentMachinesAreNotReplacedUntilOneReturns() {
    cluster.observe();
    cluster.faults().silence("m1");
    silence("m3");
    assertHeld("SeveralNodesLost", "orders-3 does not run and its machine m3 is silent");

    cluster.faults().bringBack("m3");
    cluster.settle();
    assertThat(find().candidate()).map(Candidate::node).contains(1);
  }

  @Test
  void withoutAMajorityNothingIsLost() {
    for (String machine : new String[] {"m1", "m2", "m3"}) {
      silence(machine);
    }

    assertHeld("SeveralNodesLost", "No node is replaced");
  }

  @Test
  void nodesWithoutDataAreReplacedOneByOne() {
    cluster.faults().deleteClaim(1);
    cluster.delete("Pod", "orders-1");
    cluster.faults().deleteClaim(3);
    cluster.delete("Pod", "orders-3");

    assertThat(find().candidate()).map(Candidate::node).contains(1);
  }

  @Test
  void aNodeWithoutDataIsReplacedWhileAMachineIsSilent() {
    cluster.faults().silence("m0");
    cluster.faults().emptyVolume(3);
    cluster.settle();

    assertThat(find().candidate()).map(Candidate::node).contains(3);
  }

  @Test
  void aNodeWithTheOnlyMemberOfAQueueIsReplacedOnlyByHand() {
    cluster.broker().declareAsClassic("old");
    int n = NAMES.number(cluster.members().get("old").iterator().next()).orElseThrow();
    silence(cluster.machineOf(n));
    assertHeld("NodeLost", "No other node has queue 'old'");

    cluster.giveUp(NAMES.node(n));
    assertThat(find().candidate()).contains(givenUp(n));
  }

  @Test
  void aNodeThatAQueueNeedsForItsMajorityIsReplacedOnlyByHand() {
    MessageTopologySpec spec = Specs.of(5, "", "queues: [{name: three, type: quorum}]");
    cluster.converge(spec);
    cluster.faults().crashAlways("orders-0");
    silence("m1");
    assertHeld("NodeLost", "'three' has no majority without it");

    cluster.giveUp("orders-1");
    assertThat(find().candidate()).contains(givenUp(1));
  }

  @Test
  void aNodeWhosePodCannotEndCanBeGivenUp() {
    cluster.broker().declareClassicOn("old", 1);
    cluster.faults().terminate("orders-1");
    silence("m1");
    cluster.settle();
    assertHeld("NodeLost", "No other node has queue 'old'");

    cluster.giveUp("orders-1");
    assertThat(find().candidate()).contains(givenUp(1));
  }

  @Test
  void aRunningNodeCanBeGivenUp() {
    cluster.giveUp("orders-2");

    assertThat(find().candidate()).contains(givenUp(2));
  }

  @Test
  void theGivenUpOneOfSeveralLostNodesIsReplacedAndNotARunningOne() {
    cluster.faults().silence("m1");
    silence("m3");
    cluster.giveUp("orders-2");
    assertHeld("SeveralNodesLost", "orders-1");

    cluster.giveUp("orders-3");
    cluster.unannotate("orders-2");
    assertThat(find().candidate()).contains(givenUp(3));
  }

  @Test
  void noNodeIsGivenUpWithoutAMajority() {
    for (String machine : new String[] {"m1", "m2", "m3"}) {
      silence(machine);
    }
    cluster.giveUp("orders-1");

    assertThat(find().candidate()).isEmpty();
  }

  @Test
  void aNewNodeThatIsLostBeforeItHasJoinedIsReplaced() {
    cluster.startNodesSlowly(0);
    cluster.step(Specs.of(6));
    silence(cluster.machineOf(5));

    assertThat(find().candidate().orElseThrow().because()).contains("orders-5 has never joined");
  }

  @Test
  void anUnscheduledNodeIsNotLost() {
    cluster.machines().keySet().forEach(cluster.faults()::bringBack);
    cluster.faults().silence("m5");
    cluster.faults().silence("m6");
    cluster.startNodesSlowly(0);
    cluster.step(Specs.of(6));
    cluster.advance(Duration.ofDays(1));

    assertThat(find()).isEqualTo(RemovalFinding.NONE);
  }

  @Test
  void aNodeThatTheOthersHaveForgottenIsLost() {
    cluster.faults().forgetByHand(4);

    assertThat(find().candidate().orElseThrow().because())
        .isEqualTo("orders-4 was forgotten by the other nodes");
  }

  private static Candidate givenUp(int n) {
    return new Candidate(
        n, Kind.GIVEN_UP, "orders-" + n + " was given up by the annotation warren.dev/replace");
  }

  /** For longer than replaceAfter. */
  private void silence(String machine) {
    cluster.observe();
    cluster.faults().silence(machine);
    cluster.observe();
    cluster.advance(LONG);
  }

  private void assertHeld(String reason, String message) {
    RemovalFinding finding = find();
    assertThat(finding.candidate()).isEmpty();
    assertThat(finding.problem()).map(Problem::reason).map(Reason::wireName).contains(reason);
    assertThat(finding.problem().orElseThrow().message()).contains(message);
  }

  private RemovalFinding find() {
    return find(FIVE, cluster.observe());
  }

  private static RemovalFinding find(MessageTopologySpec spec, Observation observed) {
    return new LossDetector(NAMES, spec.nodes(), observed).find();
  }

  private static MessageTopologySpec withReplaceAfter(String time) {
    return Serialization.unmarshal(
        "nodes: {replicas: 5, replaceAfter: " + time + "}", MessageTopologySpec.class);
  }
}
