package dev.warren.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The problem of a Pod, from its status and Events. */
class PodDiagnosisTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // what is seen | the Pod's status | the reason | the message
        "a Pod that was just made | {phase: Pending} | Starting | The Pod is starting",
        "a container that is being made"
            + "| {containerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}]}"
            + "| Starting | The Pod is starting",
        "a container that runs and is not ready yet"
            + "| {containerStatuses: [{name: app, state: {running: {}}}]}"
            + "| Starting | The Pod is starting",
        "no machine has room for it"
            + "| {conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 0/3 nodes are available}]}"
            + "| Unschedulable | 0/3 nodes are available",
        "its image cannot be pulled"
            + "| {containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff, message: Back-off pulling image}}}]}"
            + "| ImagePullBackOff | Container app: Back-off pulling image",
        "its image could not be pulled a moment ago: the same reason, or there would be an Event each time"
            + "| {containerStatuses: [{name: app, state: {waiting: {reason: ErrImagePull, message: not found}}}]}"
            + "| ImagePullBackOff | Container app: not found",
        "its configuration is missing"
            + "| {containerStatuses: [{name: app, state: {waiting: {reason: CreateContainerConfigError, message: secret x not found}}}]}"
            + "| CreateContainerConfigError | Container app: secret x not found",
        "a crash loop has the end of the log"
            + "| {containerStatuses: [{name: app, state: {waiting: {reason: CrashLoopBackOff, message: back-off 5m0s}}, lastState: {terminated: {exitCode: 1, reason: Error, message: no such queue}}}]}"
            + "| ContainerFailed | Container app ended with exit code 1: no such queue",
        "a crash without a log"
            + "| {containerStatuses: [{name: app, state: {terminated: {exitCode: 2}}}]}"
            + "| ContainerFailed | Container app ended with exit code 2",
        "a program that ends although it is to run on"
            + "| {containerStatuses: [{name: app, state: {waiting: {reason: CrashLoopBackOff, message: back-off 5m0s}}, lastState: {terminated: {exitCode: 0, reason: Completed}}}]}"
            + "| ContainerFailed | Container app ended with exit code 0",
        "a container that was started again after a crash"
            + "| {containerStatuses: [{name: app, state: {running: {}}, lastState: {terminated: {exitCode: 1, message: oops}}}]}"
            + "| ContainerFailed | Container app ended with exit code 1: oops",
        "a container that needs more memory than it may have"
            + "| {containerStatuses: [{name: app, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 137, reason: OOMKilled}}}]}"
            + "| OOMKilled | Container app ended with exit code 137 (killed, probably because it exceeded its memory limit)",
        "an init container that fails"
            + "| {initContainerStatuses: [{name: init, state: {terminated: {exitCode: 1}}}], containerStatuses: [{name: app, state: {waiting: {reason: PodInitializing}}}]}"
            + "| ContainerFailed | Container init ended with exit code 1",
        "an init container that failed at first and is done"
            + "| {initContainerStatuses: [{name: init, state: {terminated: {exitCode: 0}}, lastState: {terminated: {exitCode: 1}}}], containerStatuses: [{name: app, state: {running: {}}}]}"
            + "| Starting | The Pod is starting",
        "the second container is the one that fails"
            + "| {containerStatuses: [{name: app, state: {running: {}}}, {name: side, state: {terminated: {exitCode: 3}}}]}"
            + "| ContainerFailed | Container side ended with exit code 3",
        "a Pod that was evicted"
            + "| {phase: Failed, reason: Evicted, message: The node was low on resource}"
            + "| Evicted | The Pod has ended: The node was low on resource",
        "a Pod that ended for a reason that has no name of ours"
            + "| {phase: Failed, reason: NodeShutdown, message: Pod was terminated}"
            + "| PodFailed | The Pod has ended: NodeShutdown: Pod was terminated",
        "a container that waits for a reason that has no name of ours"
            + "| {containerStatuses: [{name: app, state: {waiting: {reason: ErrImageNeverPull, message: not present}}}]}"
            + "| ContainerNotStarted | Container app: ErrImageNeverPull: not present",
        "a Pod that ended by the name of another reason of ours"
            + "| {phase: Failed, reason: NodeLost, message: gone}"
            + "| PodFailed | The Pod has ended: NodeLost: gone",
        "a gate holds it back"
            + "| {conditions: [{type: PodScheduled, status: 'False', reason: SchedulingGated, message: blocked}]}"
            + "| SchedulingGated | blocked",
      })
  void theReasonOfAnUnreadyPodIsReported(
      String seen, String status, String reason, String message) {
    assertThat(PodDiagnosis.of(pod(status), Map.of()))
        .contains(new Problem(Reason.of(reason).orElseThrow(), message));
  }

  @Test
  void aReadyPodHasNoProblem() {
    Pod pod =
        pod(
            "{conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: app,"
                + " state: {running: {}}, lastState: {terminated: {exitCode: 1}}}]}");

    assertThat(PodDiagnosis.of(pod, Map.of("Pod/orders-0", "FailedMount a minute ago"))).isEmpty();
  }

  @Test
  void aTerminatingPodIsNotReadyEvenIfItsConditionSaysSo() {
    Pod pod = pod("{conditions: [{type: Ready, status: 'True'}]}");
    pod.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");

    assertThat(PodDiagnosis.of(pod, Map.of()))
        .contains(new Problem(Reason.TERMINATING, "The Pod is being deleted"));
  }

  @Test
  void anUnboundVolumeIsTheReasonOfAnUnschedulablePod() {
    Pod pod =
        pod(
            "{conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable,"
                + " message: pod has unbound immediate PersistentVolumeClaims}]}");

    assertThat(
            PodDiagnosis.of(
                pod, Map.of("PersistentVolumeClaim/data-orders-0", "no such class: fast")))
        .contains(new Problem(Reason.VOLUME_NOT_READY, "no such class: fast"));
  }

  @Test
  void aWarningEventIsReportedWithoutAnotherReason() {
    Pod pod =
        pod("{containerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}]}");

    assertThat(PodDiagnosis.of(pod, Map.of("Pod/orders-0", "secret x not found")))
        .contains(new Problem(Reason.POD_START_FAILED, "secret x not found"));
  }

  @Test
  void theEndOfALongLogIsReported() {
    String log = "beginning " + "x".repeat(1000) + " end";

    Problem problem =
        PodDiagnosis.of(
                pod(
                    "{containerStatuses: [{name: app, state: {terminated:"
                        + " {exitCode: 1, message: %s}}}]}".formatted(log)),
                Map.of())
            .orElseThrow();

    assertThat(problem.message())
        .startsWith("Container app ended with exit code 1: …x")
        .endsWith("x end")
        .hasSizeLessThan(600);
  }

  private static Pod pod(String status) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: orders-0}
        spec: {volumes: [{name: data, persistentVolumeClaim: {claimName: data-orders-0}}]}
        status: %s
        """
            .formatted(status),
        Pod.class);
  }
}
