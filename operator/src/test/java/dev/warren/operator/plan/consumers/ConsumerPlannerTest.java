package dev.warren.operator.plan.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.model.Labels;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsumerPlannerTest {

  private static final String QUEUE = "queues: [{name: hello, type: quorum}]\n";
  private static final MessageTopologySpec WITH_CONSUMER =
      Specs.of(
          1,
          "",
          QUEUE
              + "consumers: [{name: worker, queue: hello, replicas: 2, prefetch: 1,"
              + " template: {spec: {containers: [{name: app, image: example/app}]}}}]");

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void aConsumerStartsWhenItsQueueExists() {
    cluster.converge(Specs.of(1));
    assertThat(cluster.plan(WITH_CONSUMER).consumers()).isEmpty();

    cluster.carryOut(cluster.plan(WITH_CONSUMER), Integer.MAX_VALUE);
    assertThat(cluster.plan(WITH_CONSUMER).consumers()).hasSize(1);
  }

  /** Otherwise a renamed consumer would deliver beside its former Pods. */
  @Test
  void anOrderedDeliveryStartsWhenThePodsBeforeItHaveEnded() {
    cluster.converge(ordered("before"));
    Pod before =
        new PodBuilder()
            .withNewMetadata()
            .withName("orders-before-1")
            .addToLabels(Labels.CONSUMER, "before")
            .endMetadata()
            .withSpec(
                Serialization.unmarshal(
                    "containers: [{env: [{name: RABBITMQ_QUEUE, value: hello}]}]", PodSpec.class))
            .build();
    cluster.setConsumerPods(List.of(before));

    assertThat(cluster.plan(ordered("after")).consumers())
        .singleElement()
        .isInstanceOf(Delete.class);
    cluster.carryOut(cluster.plan(ordered("after")), Integer.MAX_VALUE);
    assertThat(cluster.plan(ordered("after")).consumers()).isEmpty();

    cluster.setConsumerPods(List.of());
    assertThat(cluster.plan(ordered("after")).consumers()).hasSize(1);
  }

  private static MessageTopologySpec ordered(String name) {
    return Specs.of(
        1,
        "",
        QUEUE
            + "consumers: [{name: %s, queue: hello, replicas: 1, http: {url: http://shop,"
                .formatted(name)
            + " method: POST, timeout: 5s, concurrency: 8, ordered: true, contentMode: Binary,"
            + " retry: {maxAttempts: 10, initialDelay: 1s, maxDelay: 60s}}}]");
  }

  @Test
  void aConsumerStaysWhileTheBrokerDoesNotAnswer() {
    cluster.converge(WITH_CONSUMER);
    cluster.setReachable(false);

    assertThat(cluster.plan(WITH_CONSUMER).consumers()).isEmpty();
  }

  @Test
  void aRemovedConsumerIsDeletedEvenIfTheBrokerDoesNotAnswer() {
    cluster.converge(WITH_CONSUMER);
    cluster.setReachable(false);

    assertThat(cluster.plan(Specs.of(1, "", QUEUE)).consumers())
        .singleElement()
        .isInstanceOf(Delete.class)
        .hasToString("delete Deployment orders-worker: the spec no longer has this consumer");
  }

  @Test
  void aChangedFieldOfADeploymentIsRevertedAndNamed() {
    cluster.converge(WITH_CONSUMER);
    cluster.api().edit("Deployment", "orders-worker", "/spec/replicas", IntNode.valueOf(5));

    assertThat(cluster.plan(WITH_CONSUMER).consumers())
        .singleElement()
        .isInstanceOf(Apply.class)
        .extracting(KubernetesAction::because)
        .isEqualTo("spec.replicas: 5 -> 2");
    cluster.converge(WITH_CONSUMER);
    assertThat(cluster.get("Deployment", "orders-worker").at("/spec/replicas").asInt())
        .isEqualTo(2);
  }

  @Test
  void additionsOfOthersToADeploymentStay() {
    cluster.converge(WITH_CONSUMER);
    cluster
        .api()
        .edit(
            "Deployment", "orders-worker", "/spec/template/spec/nodeName", TextNode.valueOf("n1"));

    assertThat(cluster.plan(WITH_CONSUMER).isEmpty()).isTrue();
  }

  @Test
  void aNewPasswordReachesTheBrokerBeforeTheConsumers() {
    cluster.converge(WITH_CONSUMER);
    cluster.delete("Secret", "orders-connection");
    cluster.carryOut(cluster.plan(WITH_CONSUMER), Integer.MAX_VALUE);

    ReconcilePlan plan = cluster.plan(WITH_CONSUMER);
    assertThat(plan.broker()).hasSize(1).first().isInstanceOf(BrokerAction.PutUser.class);
    assertThat(plan.consumers()).hasSize(1).first().isInstanceOf(Apply.class);
    assertThat(List.of(plan.toString(), plan.broker().toString()))
        .noneMatch(text -> text.contains("random"));
  }
}
