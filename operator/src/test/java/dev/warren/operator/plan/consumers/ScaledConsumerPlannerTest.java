package dev.warren.operator.plan.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.Decisions;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.action.KubernetesAction.Scale;
import dev.warren.operator.model.Labels;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.ScalingObservation;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import dev.warren.operator.scaling.ScalingDecision;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
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

    cluster.converge(Specs.of(1, "", consumers("replicas: 1", 60, "example/app")));

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

    assertThat(costs()).containsExactly(tuple("busy", "9"), tuple("idle-now", "0"));
    assertThat(cluster.plan(SPEC).consumers()).last().isInstanceOf(Scale.class);
  }

  @Test
  void idlePodsThatGetTheNextMessageLastAreRemovedFirst() {
    decide(4);
    cluster.step(SPEC);
    cluster.setConsumerPods(
        List.of(
            pod("busy", "worker", "10.0.0.1", null),
            pod("idle-for-long", "worker", "10.0.0.2", null),
            pod("idle-for-a-while", "worker", "10.0.0.3", null),
            pod("idle-now", "worker", "10.0.0.4", null)));
    decide(
        Decisions.of(2),
        Map.of(
            "10.0.0.1", new ClientWork(1, Optional.of("2026-01-01T11:00:00.000+00:00")),
            "10.0.0.2", new ClientWork(0, Optional.of("2026-01-01T11:59:59.000+00:00")),
            "10.0.0.3", new ClientWork(0, Optional.of("2026-01-01T12:00:00.000+00:00")),
            "10.0.0.4", new ClientWork(0, Optional.empty())));

    assertThat(costs())
        .containsExactly(
            tuple("busy", "3"), tuple("idle-for-a-while", "1"), tuple("idle-for-long", "2"));
  }

  @Test
  void aPodThatWorksOnALongJobIsNotRemoved() {
    decide(4);
    cluster.step(SPEC);
    Pod idle = pod("idle", "worker", "10.0.0.2", null);
    List<Pod> busy =
        List.of(
            pod("a", "worker", "10.0.0.1", null),
            pod("c", "worker", "10.0.0.3", null),
            pod("d", "worker", "10.0.0.4", null));
    cluster.setConsumerPods(Stream.concat(busy.stream(), Stream.of(idle)).toList());
    decide(longJobs(2), work(Map.of("10.0.0.1", 1L, "10.0.0.3", 1L, "10.0.0.4", 1L)));

    cluster.step(SPEC);
    cluster.setConsumerPods(busy);

    assertThat(replicas()).isEqualTo(3);
    assertThat(cluster.plan(SPEC).consumers()).isEmpty();
  }

  @Test
  void noPodIsRemovedIfABusyOneIsNotReady() {
    decide(4);
    cluster.step(SPEC);
    Pod idle = pod("idle", "worker", "10.0.0.1", null);
    idle.getStatus()
        .setConditions(
            List.of(new PodConditionBuilder().withType("Ready").withStatus("True").build()));
    cluster.setConsumerPods(List.of(idle, pod("busy", "worker", "10.0.0.2", null)));

    decide(longJobs(2), work(Map.of("10.0.0.2", 1L)));

    assertThat(cluster.plan(SPEC).consumers()).isEmpty();
  }

  @Test
  void noPodOfLongJobsIsRemovedWhileItIsUnknownWhichAreBusy() {
    decide(4);
    cluster.step(SPEC);

    decideBlindly(longJobs(2));

    assertThat(cluster.plan(SPEC).consumers()).isEmpty();
  }

  @Test
  void aLowerMaximumDoesNotWaitForLongJobs() {
    decide(6);
    cluster.step(SPEC);

    decideBlindly(longJobs(6));
    cluster.converge(spec(2, 3, "example/app"));

    assertThat(replicas()).isEqualTo(3);
  }

  @Test
  void aPodThatCanFinishItsJobInTimeIsRemoved() {
    MessageTopologySpec patient = spec(2, 6, 900, "example/app");
    decide(4);
    cluster.converge(patient);

    decideBlindly(longJobs(2));
    cluster.converge(patient);

    assertThat(replicas()).isEqualTo(2);
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

  /** The Pods that are marked, and what their removal costs. */
  private List<Tuple> costs() {
    return cluster.plan(SPEC).consumers().stream()
        .filter(Mark.class::isInstance)
        .map(Mark.class::cast)
        .map(
            mark ->
                tuple(
                    mark.object().getMetadata().getName(),
                    mark.annotations().get("controller.kubernetes.io/pod-deletion-cost")))
        .toList();
  }

  private boolean costsAreNeeded(int decided) {
    return DeletionCosts.areNeeded(
        SPEC.consumers(),
        InMemoryCluster.NAMES,
        cluster.observe().objects(),
        Map.of("worker", scaling(decided)));
  }

  private void decide(int replicas) {
    decideBlindly(Decisions.of(replicas));
  }

  private void decide(int replicas, Map<String, Long> unacknowledged) {
    decide(Decisions.of(replicas), work(unacknowledged));
  }

  private void decide(ScalingDecision decision, Map<String, ClientWork> work) {
    cluster.setScaling(
        new ScalingObservation(Map.of("worker", scaling(decision)), Optional.of(work)));
  }

  /** It is not known which Pods work. */
  private void decideBlindly(ScalingDecision decision) {
    cluster.setScaling(
        new ScalingObservation(Map.of("worker", scaling(decision)), Optional.empty()));
  }

  private static Map<String, ClientWork> work(Map<String, Long> unacknowledged) {
    Map<String, ClientWork> work = new HashMap<>();
    unacknowledged.forEach(
        (address, messages) -> work.put(address, new ClientWork(messages, Optional.empty())));
    return work;
  }

  private static ConsumerScaling scaling(int replicas) {
    return scaling(Decisions.of(replicas));
  }

  private static ConsumerScaling scaling(ScalingDecision decision) {
    return new ConsumerScaling(decision, TestClock.BEGIN, Optional.empty());
  }

  /** So many Pods for jobs that take ten minutes each. */
  private static ScalingDecision longJobs(int replicas) {
    return new ScalingDecision(
        replicas,
        ScalingDecision.Reason.SCALING_IN,
        "jobs for " + replicas,
        OptionalDouble.of(0),
        1 / 600.0,
        OptionalLong.of(replicas),
        Optional.empty());
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
    return spec(least, most, 60, image);
  }

  private static MessageTopologySpec spec(int least, int most, int grace, String image) {
    return Specs.of(
        1,
        "",
        consumers(
            "scaling: {minReplicas: %d, maxReplicas: %d, drainWithin: 60s, maxWait: 10s, targetUtilization: 80, initialRate: 10, cooldown: 300s, scaleInWindow: 300s, maxScaleInPercent: 25}"
                .formatted(least, most),
            grace,
            image));
  }

  private static String consumers(String number, int grace, String image) {
    return """
        queues: [{name: hello, type: quorum}]
        consumers:
          - {name: worker, queue: hello, replicas: 7, prefetch: 1, %s, template: {spec: {terminationGracePeriodSeconds: %d, containers: [{name: app, image: %s}]}}}
        """
        .formatted(number, grace, image)
        .replace("replicas: 7, prefetch: 1, replicas", "prefetch: 1, replicas");
  }
}
