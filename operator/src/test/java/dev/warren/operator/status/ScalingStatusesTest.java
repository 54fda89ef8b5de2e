package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.NOON;
import static dev.warren.operator.status.StatusScene.conditions;
import static dev.warren.operator.status.StatusScene.message;
import static dev.warren.operator.status.StatusScene.ready;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ScalingStatus;
import dev.warren.operator.Decisions;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.ScalingObservation;
import dev.warren.operator.scaling.ScalingDecision;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scaled consumers in the status, and the conditions about scaling. */
class ScalingStatusesTest {

  private final StatusScene scene = new StatusScene();

  ScalingStatusesTest() {
    scaledBetween(0, 6);
    scene.deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");
    load(Decisions.of(2), NOON, null);
  }

  @Test
  void theReasonForTheNumberOfPodsIsReported() {
    assertThat(scene.build().consumers())
        .containsExactly(
            new ConsumerStatus(
                "worker",
                2,
                2,
                null,
                new ScalingStatus(120.0, 25.0, 5700L, "47s", "load for 2", null)));
    assertThat(conditions(scene.build())).contains("ScalingActive=True/FollowingLoad");
  }

  @ParameterizedTest
  @CsvSource({
    "AT_MAXIMUM, 'worker needs more Pods than its maxReplicas, 6'",
    "INEFFECTIVE, 'worker is not scaled up for now: the last scale-up was ineffective'",
    "SINGLE_ACTIVE_CONSUMER, 'worker needs more Pods, but its queue has a single active consumer'"
  })
  void aLimitIsReportedAndTheConsumerStaysReady(ScalingDecision.Reason reason, String message) {
    assertThat(conditions(scene.build())).contains("ScalingLimited=False/AsNeeded");
    load(decision(2, 900, reason), NOON, null);

    MessageTopologyStatus status = scene.build();
    assertThat(conditions(status)).contains("ScalingLimited=True/TooFewPods");
    assertThat(message(status, "ScalingLimited")).isEqualTo(message);
    assertThat(ready(status)).startsWith("True");

    scene.topology.setStatus(status);
    load(decision(2, 900, ScalingDecision.Reason.HOLDING_UNKNOWN), NOON, "no answer");
    assertThat(conditions(scene.build())).contains("ScalingLimited=True/TooFewPods");
  }

  @Test
  void figuresAreRefreshedEveryThirtySeconds() {
    MessageTopologyStatus first = scene.build();
    scene.topology.setStatus(first);
    load(decision(2, 900), NOON.plusSeconds(30), null);

    scene.now = NOON.plusSeconds(29);
    assertThat(scene.build()).isEqualTo(first);
    scene.now = NOON.plusSeconds(30);
    MessageTopologyStatus second = scene.build();
    assertThat(scaling(second).backlog()).isEqualTo(900);
    assertThat(second.messagesCountedAt()).isEqualTo("2026-01-01T12:00:30Z");
    scene.topology.setStatus(second);
    load(decision(2, 1000), NOON.plusSeconds(59), null);
    scene.now = NOON.plusSeconds(59);
    assertThat(scene.build()).isEqualTo(second);
  }

  @Test
  void aLoadThatIsNoLongerMeasuredIsReported() {
    scene.topology.setStatus(scene.build());
    scene.now = NOON.plusSeconds(16);

    assertThat(message(scene.build(), "ScalingActive"))
        .isEqualTo("worker keeps its number of Pods: The broker was not queried");
  }

  @Test
  void aScaleIsReportedAtOnceWithItsTime() {
    scene.topology.setStatus(scene.build());
    load(Decisions.of(5), NOON, null);
    scene.now = NOON.plusSeconds(7);

    ConsumerStatus scaled = scene.build().consumers().getFirst();

    assertThat(scaled.replicas()).isEqualTo(5);
    assertThat(scaled.scaling().reason()).isEqualTo("load for 5");
    assertThat(scaled.scaling().lastScaleTime()).isEqualTo("2026-01-01T12:00:07Z");
    scene.topology.setStatus(scene.build());
    scene.now = NOON.plusSeconds(60);
    load(Decisions.of(5), scene.now, null);
    assertThat(scaling(scene.build()).lastScaleTime()).isEqualTo("2026-01-01T12:00:07Z");
  }

  @Test
  void aConsumerIsReadyWhileMorePodsStart() {
    scene.topology.setStatus(scene.build());
    load(Decisions.of(5), NOON, null);
    scene.consumerPod("orders-worker-a", "worker", "{phase: Pending}");

    deploymentIs("{observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");
    assertThat(ready(scene.build())).startsWith("True");
    deploymentIs("{observedGeneration: 4, replicas: 5, updatedReplicas: 5, readyReplicas: 2}");
    assertThat(ready(scene.build())).startsWith("True");
  }

  @Test
  void aConsumerScaledToZeroIsReady() {
    load(Decisions.of(0), NOON, null);
    deploymentIs("{observedGeneration: 4}");

    assertThat(ready(scene.build())).startsWith("True");
    assertThat(scene.build().consumers().getFirst().replicas()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "their Deployment was just made | {}",
        "Kubernetes has not looked at a new template"
            + "| {observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2}",
        "Pods of the old template are there"
            + "| {observedGeneration: 4, replicas: 3, updatedReplicas: 2, readyReplicas: 3}",
        "fewer than the least number are ready"
            + "| {observedGeneration: 4, replicas: 2, updatedReplicas: 2}",
        "their Pods do not become ready in time"
            + "| {observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 1,"
            + " conditions: [{type: Progressing, status: 'False'}]}",
      })
  void aConsumerIsNotReadyWhile(String seen, String deploymentStatus) {
    scaledBetween(1, 6);
    deploymentIs(deploymentStatus);

    assertThat(ready(scene.build())).startsWith("False/ConsumerNotReady: worker: ");
  }

  @Test
  void aConsumerWithAFailingPodIsNotReady() {
    deploymentIs("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 1}");
    scene.consumerPod(
        "orders-worker-b",
        "worker",
        "{containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff, message: no"
            + " such image}}}]}");

    assertThat(ready(scene.build()))
        .isEqualTo("False/ConsumerNotReady: worker: Container app: no such image");
  }

  @Test
  void aLoadThatIsUnknownForAMomentIsNoNewStatus() {
    scene.topology.setStatus(scene.build());
    load(Decisions.holding(2), NOON, "no answer");
    scene.now = NOON.plusSeconds(15);

    assertThat(scene.build()).isEqualTo(scene.topology.getStatus());
  }

  @Test
  void aLoadThatStaysUnknownIsReportedAndTheConsumerStaysReady() {
    scene.topology.setStatus(scene.build());
    load(Decisions.holding(2), NOON, "no answer");
    scene.now = NOON.plusSeconds(16);

    MessageTopologyStatus status = scene.build();

    assertThat(conditions(status))
        .contains("ScalingActive=False/LoadUnknown", "ScalingLimited=Unknown/LoadUnknown");
    assertThat(message(status, "ScalingActive"))
        .isEqualTo("worker keeps its number of Pods: no answer");
    assertThat(ready(status)).startsWith("True");
    assertThat(status.consumers().getFirst().replicas()).isEqualTo(2);
  }

  @Test
  void aLoadThatWasNeverMeasuredIsReportedUnlessTheStatusHasOne() {
    scene.topology.setStatus(scene.build());
    scene.scaling = ScalingObservation.NONE;
    assertThat(scene.build()).isEqualTo(scene.topology.getStatus());

    scene.topology.setStatus(null);
    MessageTopologyStatus status = scene.build();
    assertThat(conditions(status)).contains("ScalingActive=Unknown/NotMeasuredYet");
    assertThat(scaling(status).reason()).isEqualTo("The load has not been measured yet");
  }

  @Test
  void aConsumerWithAFixedNumberHasNoScalingCondition() {
    scene.spec(
        "queues: [{name: hello, type: quorum}]",
        "consumers: [{name: worker, queue: hello, replicas: 2}]");

    assertThat(conditions(scene.build())).noneMatch(text -> text.startsWith("Scaling"));
    assertThat(scaling(scene.build())).isNull();
  }

  private void scaledBetween(int least, int most) {
    scene.spec(
        "queues: [{name: hello, type: quorum}]",
        "consumers: [{name: worker, queue: hello, replicas: 9, scaling: {minReplicas: %d, maxReplicas: %d}}]"
            .formatted(least, most));
  }

  private void deploymentIs(String status) {
    scene.deployments.clear();
    scene.deployment(status);
  }

  private void load(ScalingDecision decision, Instant knownAt, String unknownBecause) {
    scene.scaling =
        new ScalingObservation(
            Map.of(
                "worker",
                new ConsumerScaling(decision, knownAt, Optional.ofNullable(unknownBecause))),
            Optional.empty());
  }

  private ScalingDecision decision(int replicas, long backlog) {
    return decision(replicas, backlog, ScalingDecision.Reason.STEADY);
  }

  private ScalingDecision decision(int replicas, long backlog, ScalingDecision.Reason reason) {
    return new ScalingDecision(
        replicas,
        reason,
        "so many wait",
        OptionalDouble.of(1),
        1,
        OptionalLong.of(backlog),
        Optional.empty());
  }

  private ScalingStatus scaling(MessageTopologyStatus status) {
    return status.consumers().getFirst().scaling();
  }
}
