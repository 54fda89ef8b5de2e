package dev.warren.operator.plan.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.Decisions;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.Revision;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.QueueConsumers;
import dev.warren.operator.observation.QueueConsumers.Count;
import dev.warren.operator.observation.ScalingObservation;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods that ignore that their queue was recreated are restarted, once for each recreation. */
class RestartPlannerTest {

  private static final MessageTopologySpec SPEC = spec("type: quorum", "prefetch: 1, replicas: 2");
  private static final MessageTopologySpec SCALED =
      spec(
          "type: quorum",
          "prefetch: 1, scaling: {minReplicas: 2, maxReplicas: 6, drainWithin: 5m, maxWait: 30s,"
              + " targetUtilization: 80, initialRate: 1, cooldown: 5m, scaleInWindow: 2m,"
              + " maxScaleInPercent: 20}");

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void aRecreationIsRecordedBeforeTheQueueIsDeclared() {
    cluster.converge(SPEC);
    cluster.broker().deleteByHand("hello");

    ReconcilePlan plan = cluster.plan(SPEC);

    assertThat(plan.describe(BrokerAction::describe))
        .containsSubsequence(
            "mark Deployment orders-worker: queue 'hello' is recreated",
            "declare quorum queue 'hello'");
  }

  @Test
  void aMigrationIsRecordedToo() {
    cluster.converge(SPEC);
    MessageTopologySpec migrated =
        spec("type: classic, immutableChanges: Migrate", "prefetch: 1, replicas: 2");
    ReconcilePlan plan = cluster.plan(migrated);
    for (int passes = 0; passes < 20 && !recreates(plan); passes++) {
      assertThat(plan.consumerMarks()).isEmpty();
      cluster.carryOut(plan, Integer.MAX_VALUE);
      cluster.settle();
      plan = cluster.plan(migrated);
    }

    assertThat(recreates(plan)).isTrue();
    assertThat(plan.consumerMarks())
        .extracting(KubernetesAction::toString)
        .containsExactly("mark Deployment orders-worker: queue 'hello' is recreated");
  }

  private static boolean recreates(ReconcilePlan plan) {
    return plan.broker().stream().anyMatch(RecreateQueue.class::isInstance);
  }

  @Test
  void aNewQueueIsNotRecreated() {
    cluster.converge(Specs.of(1));

    cluster.converge(SPEC);

    assertThat(annotations()).doesNotContainKey(RestartPlanner.RECREATED);
  }

  @Test
  void podsThatDoNotConsumeTheRecreatedQueueAreRestarted() {
    recreateQueue(SPEC);
    consumers(0, 2, 20);

    assertThat(cluster.plan(SPEC).consumers())
        .singleElement()
        .isInstanceOf(Apply.class)
        .hasToString(
            "apply Deployment orders-worker: queue 'hello' was recreated,"
                + " and has fewer consumers (0) than ready Pods (2)");
    cluster.step(SPEC);
    assertThat(restartedFor()).isEqualTo(annotations().get(RestartPlanner.RECREATED));
  }

  @ParameterizedTest(name = "{0} consumers of {1} Pods for {2} s")
  @CsvSource({
    "0, 2, 20, true",
    "1, 2, 20, true",
    "0, 2, 19, false",
    "2, 2, 600, false",
    "3, 2, 600, false",
    "0, 0, 600, false",
  })
  void podsAreRestartedOnlyIfSomeHaveNotConsumedForAWhile(
      int consumers, int pods, int seconds, boolean expected) {
    recreateQueue(SPEC);
    consumers(consumers, pods, seconds);

    cluster.step(SPEC);

    assertThat(!restartedFor().isEmpty()).isEqualTo(expected);
  }

  @Test
  void podsAreNotRestartedWhileTheNumberOfConsumersIsUnknown() {
    recreateQueue(SPEC);

    cluster.advance(Duration.ofDays(1));

    assertThat(cluster.plan(SPEC).isEmpty()).isTrue();
  }

  @Test
  void podsAreNotRestartedIfTheOperatorDidNotRecreateTheirQueue() {
    cluster.converge(SPEC);
    consumers(0, 2, 600);

    assertThat(cluster.plan(SPEC).isEmpty()).isTrue();
  }

  @Test
  void podsAreRestartedOnceForEachRecreation() {
    recreateQueue(SPEC);
    consumers(0, 2, 20);
    cluster.step(SPEC);
    String first = restartedFor();

    cluster.advance(Duration.ofHours(1));
    consumers(0, 2, 600);
    assertThat(cluster.plan(SPEC).isEmpty()).isTrue();

    recreateQueue(SPEC);
    consumers(0, 2, 20);
    cluster.step(SPEC);
    assertThat(restartedFor()).isNotEqualTo(first).isNotEmpty();
  }

  @Test
  void podsThatConsumeTheRecreatedQueueAgainAreNotRestartedLater() {
    recreateQueue(SPEC);
    consumers(2, 2, 20);

    assertThat(cluster.plan(SPEC).consumers())
        .singleElement()
        .isInstanceOf(Mark.class)
        .hasToString(
            "mark Deployment orders-worker: its Pods consume queue 'hello', which was recreated");
    cluster.step(SPEC);
    assertThat(cluster.plan(SPEC).isEmpty()).isTrue();

    consumers(0, 2, 600);
    assertThat(cluster.plan(SPEC).isEmpty()).isTrue();
  }

  @Test
  void aChangedTemplateDoesNotRestartThemAgain() {
    recreateQueue(SPEC);
    consumers(0, 2, 20);
    cluster.step(SPEC);
    String restarted = restartedFor();

    cluster.converge(spec("type: quorum", "prefetch: 7, replicas: 3"));

    assertThat(restartedFor()).isEqualTo(restarted);
  }

  /** It finds the mark, whatever it did before it was killed. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void anOperatorThatIsKilledRestartsThem(int actions) {
    cluster.converge(SPEC);
    cluster.broker().deleteByHand("hello");
    cluster.carryOut(cluster.plan(SPEC), actions);
    cluster.restartOperator();

    cluster.converge(SPEC);
    consumers(0, 2, 20);
    cluster.step(SPEC);

    assertThat(restartedFor()).isNotEmpty();
  }

  @Test
  void scaledConsumersKeepTheirNumberOfPods() {
    cluster.converge(SCALED);
    decide(5);
    cluster.step(SCALED);
    recreateQueue(SCALED);
    String revision = annotations().get(Revision.ANNOTATION);
    consumers(1, 5, 20);

    assertThat(cluster.plan(SCALED).consumers()).singleElement().isInstanceOf(Apply.class);
    cluster.step(SCALED);
    assertThat(restartedFor()).isNotEmpty();
    assertThat(replicas()).isEqualTo(5);
    assertThat(annotations().get(Revision.ANNOTATION))
        .as("otherwise it would be reported as a change by somebody else")
        .isNotEqualTo(revision);

    decide(3);
    cluster.step(SCALED);
    assertThat(replicas()).isEqualTo(3);
    assertThat(cluster.plan(SCALED).isEmpty()).isTrue();
  }

  private void recreateQueue(MessageTopologySpec spec) {
    cluster.setQueueConsumers(Map.of());
    cluster.converge(spec);
    cluster.broker().deleteByHand("hello");
    cluster.converge(spec);
  }

  private void consumers(long number, int pods, int seconds) {
    Instant now = cluster.observe().at();
    Instant since = now.minusSeconds(seconds);
    List<Instant> ready = Collections.nCopies(pods, TestClock.BEGIN);
    cluster.setQueueConsumers(
        Map.of(
            "hello", new QueueConsumers(new Count(number, ready, false), since, Optional.empty())));
  }

  private void decide(int replicas) {
    cluster.setScaling(
        new ScalingObservation(
            Map.of(
                "worker",
                new ConsumerScaling(Decisions.of(replicas), TestClock.BEGIN, Optional.empty())),
            Optional.of(Map.of())));
  }

  private int replicas() {
    return cluster.get("Deployment", "orders-worker").at("/spec/replicas").asInt();
  }

  private Map<String, String> annotations() {
    return cluster
        .observe()
        .objects()
        .find(Deployment.class, "orders-worker")
        .orElseThrow()
        .getMetadata()
        .getAnnotations();
  }

  private String restartedFor() {
    return cluster
        .get("Deployment", "orders-worker")
        .at("/spec/template/metadata/annotations")
        .path(RestartPlanner.RESTARTED)
        .asText();
  }

  private static MessageTopologySpec spec(String queue, String consumer) {
    return Specs.of(
        1,
        "",
        """
        queues: [{name: hello, %s}]
        consumers:
          - {name: worker, queue: hello, %s,
             template: {spec: {containers: [{name: app, image: example/app}]}}}
        """
            .formatted(queue, consumer));
  }
}
