package dev.warren.operator.plan.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.Decisions;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.action.KubernetesAction.Scale;
import dev.warren.operator.model.Labels;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.ScalingObservation;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The load sets the number of Pods, and only the operator writes it. */
class ScaledConsumerPlannerTest {

  private static final MessageTopologySpec SPEC = spec(2, 6, "example/app");

  private final InMemoryCluster cluster = new InMemoryCluster();

  @BeforeEach
  void start() {
    cluster.converge(SPEC);
  }

  @Test
  void aNewConsumerStartsWithItsMinimum() {
    assertThat(replicas()).isEqualTo(2);
  }

  @Test
  void aConsumerGetsTheDecidedNumber() {
    decide(5);

    assertThat(cluster.plan(SPEC).consumers())
        .singleElement()
        .isInstanceOf(Scale.class)
        .hasToString("scale Deployment orders-worker: from 2 to 5 Pods: load for 5");
    cluster.step(SPEC);
    assertThat(replicas()).isEqualTo(5);
    assertThat(cluster.plan(SPEC).isEmpty()).isTrue();
  }

  @Test
  void aNumberThatSomebodyChangedIsReverted() {
    decide(5);
    cluster.step(SPEC);
    cluster.api().edit("Deployment", "orders-worker", "/spec/replicas", IntNode.valueOf(3));

    cluster.step(SPEC);

    assertThat(replicas()).isEqualTo(5);
  }

  @Test
  void withoutADecisionTheNumberStaysWithinItsBounds() {
    decide(5);
    cluster.step(SPEC);
    cluster.setScaling(ScalingObservation.NONE);

    assertThat(cluster.plan(SPEC).isEmpty()).isTrue();
    cluster.converge(spec(0, 4, "example/app"));
    assertThat(replicas()).isEqualTo(4);
    cluster.converge(spec(6, 8, "example/app"));
    assertThat(replicas()).isEqualTo(6);
  }

  @Test
  void aDecisionIsLimitedToChangedBounds() {
    decide(5);

    cluster.converge(spec(0, 3, "example/app"));

    assertThat(replicas()).isEqualTo(3);
  }

  @Test
  void aNewTemplateIsAppliedWithTheDecidedNumber() {
    decide(5);
    MessageTopologySpec changed = spec(2, 6, "example/app:2");

    assertThat(cluster.plan(changed).consumers()).singleElement().isInstanceOf(Apply.class);
    cluster.converge(changed);
    assertThat(replicas()).isEqualTo(5);
  }

  @Test
  void aFixedNumberReplacesScaling() {
    decide(5);
    cluster.step(SPEC);

    cluster.converge(Specs.of(1, "", consumers("replicas: 1", "example/app")));

    assertThat(replicas()).isEqualTo(1);
  }

  @Test
  void busyPodsGetAHighDeletionCostBeforeAScaleDown() {
    decide(4);
    cluster.step(SPEC);
    cluster.setConsumerPods(
        List.of(
            pod("busy", "worker", "10.0.0.1", null),
            pod("idle", "worker", "10.0.0.2", null),
            pod("idle-now", "worker", "10.0.0.3", "7"),
            pod("still-busy", "worker", "10.0.0.4", "2"),
            pod("another", "other", "10.0.0.5", null)));
    decide(2, Map.of("10.0.0.1", 9L, "10.0.0.4", 2L, "10.0.0.5", 5L));

    List<KubernetesAction> actions = cluster.plan(SPEC).consumers();

    assertThat(actions)
        .filteredOn(Mark.class::isInstance)
        .map(action -> (Mark) action)
        .extracting(
            mark -> mark.object().getMetadata().getName(),
            mark -> mark.annotations().get("controller.kubernetes.io/pod-deletion-cost"))
        .containsExactly(tuple("busy", "9"), tuple("idle-now", "0"));
    assertThat(actions).last().isInstanceOf(Scale.class);
  }

  @Test
  void withoutAnAnswerPodsGetNoDeletionCost() {
    decide(4);
    cluster.step(SPEC);
    cluster.setConsumerPods(List.of(pod("busy", "worker", "10.0.0.1", null)));
    decide(2);

    assertThat(cluster.plan(SPEC).consumers()).singleElement().isInstanceOf(Scale.class);
  }

  @Test
  void unacknowledgedMessagesAreQueriedOnlyBeforeAScaleDown() {
    assertThat(costsAreNeeded(3)).isFalse();
    assertThat(costsAreNeeded(2)).isFalse();
    decide(4);
    cluster.step(SPEC);
    assertThat(costsAreNeeded(3)).isTrue();
  }

  private boolean costsAreNeeded(int decided) {
    return DeletionCosts.areNeeded(
        SPEC.consumers(),
        InMemoryCluster.NAMES,
        cluster.observe().objects(),
        Map.of("worker", scaling(decided)));
  }

  private void decide(int replicas) {
    cluster.setScaling(
        new ScalingObservation(Map.of("worker", scaling(replicas)), Optional.empty()));
  }

  private void decide(int replicas, Map<String, Long> unacknowledged) {
    cluster.setScaling(
        new ScalingObservation(Map.of("worker", scaling(replicas)), Optional.of(unacknowledged)));
  }

  private static ConsumerScaling scaling(int replicas) {
    return new ConsumerScaling(Decisions.of(replicas), TestClock.BEGIN, Optional.empty());
  }

  private int replicas() {
    return cluster.get("Deployment", "orders-worker").at("/spec/replicas").asInt();
  }

  private static Pod pod(String name, String consumer, String address, String cost) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withLabels(Map.of(Labels.CONSUMER, consumer))
        .withAnnotations(cost == null ? null : Map.of(DeletionCosts.ANNOTATION, cost))
        .endMetadata()
        .withNewStatus()
        .withPodIP(address)
        .addNewPodIP(address)
        .endStatus()
        .build();
  }

  private static MessageTopologySpec spec(int least, int most, String image) {
    return Specs.of(
        1,
        "",
        consumers(
            "scaling: {minReplicas: %d, maxReplicas: %d, drainWithin: 60s, maxWait: 10s, targetUtilization: 80, initialRate: 10, cooldown: 300s, scaleInWindow: 300s, maxScaleInPercent: 25}"
                .formatted(least, most),
            image));
  }

  private static String consumers(String number, String image) {
    return """
        queues: [{name: hello, type: quorum}]
        consumers:
          - {name: worker, queue: hello, replicas: 7, prefetch: 1, %s, template: {spec: {containers: [{name: app, image: %s}]}}}
        """
        .formatted(number, image)
        .replace("replicas: 7, prefetch: 1, replicas", "prefetch: 1, replicas");
  }
}
