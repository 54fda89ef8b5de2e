package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.message;
import static dev.warren.operator.status.StatusScene.ready;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.QueueConsumers;
import dev.warren.operator.observation.QueueConsumers.Count;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Consumers in the status, with a fixed number of Pods. */
class ConsumerStatusesTest {

  private final StatusScene scene = new StatusScene();

  ConsumerStatusesTest() {
    scene.spec(
        "queues: [{name: hello, type: quorum}]",
        "consumers: [{name: worker, queue: hello, replicas: 2}]");
  }

  @Test
  void consumersWithAllTheirPodsAreReady() {
    scene.deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");

    assertThat(scene.build().consumers()).containsExactly(new ConsumerStatus("worker", 2, 2, null));
    assertThat(scene.build().summary().consumers()).isEqualTo("1/1");
    assertThat(ready(scene.build())).startsWith("True");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "their Deployment was just made | {}",
        "Kubernetes has not looked at it since it was changed"
            + "| {observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2}",
        "Pods as they were before are still there"
            + "| {observedGeneration: 4, replicas: 3, updatedReplicas: 2, readyReplicas: 2}",
        "Pods of the desired state are still to be created"
            + "| {observedGeneration: 4, replicas: 2, updatedReplicas: 1, readyReplicas: 2}",
        "one is not ready"
            + "| {observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 1}",
      })
  void aConsumerIsNotReadyWhile(String seen, String deploymentStatus) {
    scene.deployment(deploymentStatus);

    assertThat(ready(scene.build())).startsWith("False/ConsumerNotReady: worker: ");
    assertThat(scene.build().consumers().getFirst().message()).endsWith("of 2 Pods are ready");
  }

  @Test
  void aConsumerThatIsNotScaledYetIsNotReady() {
    scene.deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");
    scene.spec(
        "queues: [{name: hello, type: quorum}]",
        "consumers: [{name: worker, queue: hello, replicas: 3}]");

    assertThat(scene.build().consumers())
        .containsExactly(new ConsumerStatus("worker", 3, 2, "2 of 3 Pods are ready"));
  }

  @Test
  void aConsumerWithoutADeploymentWaitsForItsQueue() {
    assertThat(scene.build().consumers())
        .containsExactly(new ConsumerStatus("worker", 2, 0, "Waiting for its queue 'hello'"));
  }

  @Test
  void anOrderedDeliveryWaitsForThePodsBeforeIt() {
    scene.spec(
        "queues: [{name: hello, type: quorum}]",
        "consumers: [{name: worker, queue: hello, replicas: 1, http: {url: x, ordered: true}}]");
    scene.consumerPods.add(
        StatusScene.pod(
            "{name: orders-before-a, labels: {warren.dev/consumer: before}}",
            "{containers: [{name: dispatcher, env: [{name: RABBITMQ_QUEUE, value: hello}]}]}",
            "{phase: Running}"));

    assertThat(scene.build().consumers().getFirst().message())
        .isEqualTo("Waiting until the Pods that delivered from 'hello' before have ended");
  }

  @Test
  void aQuotaThatKeepsPodsAwayIsReported() {
    scene.deployment(
        "{observedGeneration: 4, replicas: 1, updatedReplicas: 1, readyReplicas: 1, conditions:"
            + " [{type: ReplicaFailure, status: 'True', message: 'pods \"x\" is forbidden:"
            + " exceeded quota'}]}");

    assertThat(scene.build().consumers().getFirst().message())
        .isEqualTo("pods \"x\" is forbidden: exceeded quota");
  }

  @Test
  void theReasonOfAFailingPodIsReported() {
    scene.deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2}");
    scene.consumerPod("orders-worker-a", "worker", "{phase: Pending}");
    scene.consumerPod(
        "orders-worker-b",
        "worker",
        "{containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff, message: no"
            + " such image}}}]}");
    scene.consumerPod(
        "orders-other-a",
        "other",
        "{containerStatuses: [{name: app, state: {terminated: {exitCode: 1}}}]}");

    assertThat(scene.build().consumers().getFirst().message())
        .isEqualTo("Container app: no such image");
  }

  @Test
  void aQueueThatReadyPodsDoNotConsumeIsReported() {
    scene.deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");
    MessageTopologyStatus before = scene.build();
    consumers(0, 60, 60);

    MessageTopologyStatus status = scene.build();

    String message =
        "Messages wait in queue 'hello', which has fewer consumers (0) than ready Pods (2);"
            + " restart the Pods: kubectl rollout restart deployment orders-worker";
    assertThat(status.consumers()).containsExactly(new ConsumerStatus("worker", 2, 2, message));
    assertThat(ready(status)).isEqualTo("False/NotConsuming: worker: " + message);
    assertThat(Transition.between(before, status))
        .containsExactly(new Transition(false, Reason.NOT_CONSUMING, "worker: " + message));
  }

  @ParameterizedTest(name = "{0} consumers for {1} s, and messages wait for {2} s")
  @CsvSource({"2, 600, 600", "0, 59, 600", "0, 600, 59"})
  void aQueueIsNotReportedWhileItMayBeConsumed(int number, int seconds, int waiting) {
    scene.deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");
    consumers(number, seconds, waiting);

    assertThat(ready(scene.build())).startsWith("True");
  }

  private void consumers(long number, int seconds, int waiting) {
    Instant ready = scene.now.minusSeconds(3600);
    scene.queueConsumers.put(
        "hello",
        new QueueConsumers(
            new Count(number, List.of(ready, ready), true),
            scene.now.minusSeconds(seconds),
            Optional.of(scene.now.minusSeconds(waiting))));
  }

  @Test
  void aConsumerWithZeroReplicasIsReady() {
    scene.spec(
        "queues: [{name: hello, type: quorum}]",
        "consumers: [{name: worker, queue: hello, replicas: 0}]");
    scene.deployment("{observedGeneration: 4}");
    scene.deployments.getFirst().getSpec().setReplicas(0);

    assertThat(scene.build().consumers()).containsExactly(new ConsumerStatus("worker", 0, 0, null));
    assertThat(ready(scene.build())).startsWith("True");
  }

  @Test
  void aHundredOfTwoHundredConsumersAreListedWorstFirst() {
    scene.spec(
        "queues: [{name: hello, type: quorum}]",
        "consumers: ["
            + IntStream.range(0, 200)
                .mapToObj("{name: worker%03d, queue: hello, replicas: 1}"::formatted)
                .collect(Collectors.joining(", "))
            + "]");
    for (int i = 0; i < 150; i++) {
      scene.deployment(
          "orders-worker%03d".formatted(i),
          1,
          "{observedGeneration: 4, replicas: 1, updatedReplicas: 1, readyReplicas: 1}");
    }

    MessageTopologyStatus status = scene.build();

    assertThat(status.consumers())
        .hasSize(100)
        .extracting(ConsumerStatus::name)
        .startsWith("worker150")
        .endsWith("worker049");
    assertThat(status.summary().consumers()).isEqualTo("150/200");
    assertThat(message(status, "ConsumersReady")).endsWith("; and 40 more");
  }
}
