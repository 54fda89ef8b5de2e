package dev.warren.operator.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.Decisions;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.Observations;
import dev.warren.operator.observation.QueueLoad;
import dev.warren.operator.observation.QueueLoad.Count;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.scaling.QueueReading.Known;
import dev.warren.operator.scaling.QueueReading.Unknown;
import dev.warren.operator.scaling.Sample;
import dev.warren.operator.scaling.ScalingDecision;
import dev.warren.operator.scaling.ScalingPolicy;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadSamplerTest {

  private static final ResourceID ID = new ResourceID("orders", "shop");

  private static final Pod GATEWAY =
      Serialization.unmarshal(
          """
          metadata: {name: orders-0}
          spec: {containers: [{name: gateway}]}
          status: {podIP: "2001:db8::7", conditions: [{type: Ready, status: "True"}]}
          """,
          Pod.class);

  private final Broker broker = new Broker();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Sample> samples = new CopyOnWriteArrayList<>();
  private final List<ResourceID> woken = new CopyOnWriteArrayList<>();
  private final List<Question> questions = new CopyOnWriteArrayList<>();
  private final AtomicInteger scalers = new AtomicInteger();
  private final TestClock clock = new TestClock();
  private volatile int decided = 2;
  private volatile boolean limited;
  private volatile boolean exists = true;

  private final LoadSampler sampler =
      new LoadSampler(
          topology -> exists,
          woken::add,
          () -> {
            scalers.incrementAndGet();
            return this::decide;
          },
          this::nextArrival,
          meters,
          clock,
          Duration.ofMillis(10));

  private ScalingDecision decide(ScalingPolicy policy, Sample sample) {
    samples.add(sample);
    if (!(sample.queue() instanceof Known)) {
      return Decisions.holding(sample.replicas());
    }
    return limited ? Decisions.limited(decided) : Decisions.of(decided);
  }

  private CompletableFuture<Optional<String>> nextArrival(URI gateway, Set<String> queues) {
    CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
    questions.add(new Question(gateway, queues, answer));
    return answer;
  }

  private record Question(
      URI gateway, Set<String> queues, CompletableFuture<Optional<String>> answer) {}

  @AfterEach
  void close() {
    sampler.close();
  }

  @Test
  void oneRequestCoversAllConsumers() {
    follow(topology("uid", "a", "b", "c"));

    await().until(() -> samples.size() >= 9);
    sampler.close();
    assertThat(broker.asked).allMatch(Set.of("queue-a", "queue-b", "queue-c")::equals);
    assertThat(broker.asked.size()).isBetween(samples.size() / 3, samples.size() / 3 + 1);
    assertThat(scalers).as("each has a memory of its own").hasValue(3);
  }

  @Test
  void aSampleCombinesTheBrokerAndTheDeployment() {
    follow(topology("uid", "a"));

    await().until(() -> !samples.isEmpty());
    assertThat(samples.getFirst())
        .isEqualTo(new Sample(clock.instant(), 2, 1, new Known(30, 2, 700)));
  }

  @Test
  void aTopologyIsReconciledOnlyWhenTheNumberChanges() {
    follow(topology("uid", "a"));
    awaitSamples(3);
    assertThat(woken).isEmpty();

    decided = 5;

    await().until(() -> !woken.isEmpty());
    assertThat(scaling().get("a").decision().replicas()).isEqualTo(5);
    awaitSamples(3);
    assertThat(woken).containsExactly(ID);
  }

  /** So that the condition reports a limit at once, although the number stays. */
  @Test
  void aTopologyIsReconciledWhenALimitAppearsAndWhenItIsGone() {
    follow(topology("uid", "a"));
    awaitSamples(1);

    limited = true;
    await().until(() -> woken.size() == 1);
    awaitSamples(3);
    assertThat(woken).hasSize(1);

    limited = false;
    await().until(() -> woken.size() == 2);
  }

  @Test
  void theNextDecisionFollowsTheLastOneAndNotTheDeployment() {
    decided = 5;
    follow(topology("uid", "a"));
    await().until(() -> !scaling().isEmpty());
    samples.clear();

    awaitSamples(1);
    assertThat(samples).extracting(Sample::replicas).containsOnly(5);
  }

  @Test
  void aBrokerThatDoesNotAnswerMakesTheLoadUnknown() {
    broker.failure = new BrokerException(BrokerException.Kind.UNAVAILABLE, "no answer");
    follow(topology("uid", "a"));

    awaitSamples(1);
    assertThat(samples).extracting(Sample::queue).containsOnly(new Unknown("no answer"));
    ConsumerScaling scaling = scaling().get("a");
    assertThat(scaling.unknownBecause()).contains("no answer");
    assertThat(scaling.decision().replicas()).isEqualTo(2);
    assertThat(woken).isEmpty();
  }

  @Test
  void withoutANodeTheLoadIsUnknown() {
    MessageTopology topology = topology("uid", "a");
    sampler.follow(LoadSnapshot.of(topology, observation(topology), Optional.empty()));

    awaitSamples(1);
    assertThat(samples).extracting(Sample::queue).containsOnly(new Unknown("No queue node runs"));
  }

  @Test
  void anUnexpectedFailureDoesNotEndTheSampling() {
    broker.failure = new IllegalStateException("a bug");
    follow(topology("uid", "a"));
    await().until(() -> broker.asked.size() >= 2);

    broker.failure = null;

    awaitSamples(1);
  }

  @Test
  void theTopologyIsReconciledWhenTheLoadStaysUnknownAndWhenItIsKnownAgain() {
    follow(topology("uid", "a"));
    awaitSamples(1);
    broker.failure = new BrokerException(BrokerException.Kind.UNAVAILABLE, "no answer");
    awaitSamples(2);
    assertThat(woken).as("for a moment only").isEmpty();

    clock.advance(Duration.ofSeconds(16));
    await().until(() -> woken.size() == 1);
    broker.failure = null;
    await().until(() -> woken.size() == 2);
    assertThat(scaling().get("a").isHeld(clock.instant())).isFalse();
  }

  @Test
  void aGatewayIsAskedAboutConsumersWithoutPodsAndItsAnswerCountsAsAMessage() {
    decided = 0;
    broker.ready = 0;
    followWithGateway(topology("uid", "a", "b"));
    await().until(() -> !questions.isEmpty());
    Question question = questions.getLast();
    assertThat(question.gateway()).isEqualTo(URI.create("http://[2001:db8::7]:9090"));
    assertThat(question.queues()).containsExactlyInAnyOrder("queue-a", "queue-b");
    broker.failure = new IllegalStateException("each later sample fails");
    int asked = broker.asked.size();
    await("no sample of before is under way").until(() -> broker.asked.size() >= asked + 2);
    woken.clear();
    decided = 1;

    question.answer().complete(Optional.of("queue-b"));

    await().until(() -> woken.equals(List.of(ID)));
    assertThat(samples.getLast().queue()).isEqualTo(new Known(1, 2, 700));
    assertThat(scaling().get("a").decision().replicas()).isZero();
    assertThat(scaling().get("b").decision().replicas()).isEqualTo(1);
    await().until(() -> questions.getLast().queues().equals(Set.of("queue-a")));
  }

  @Test
  void aMessageStartsNoConsumerWhoseLoadIsUnknown() {
    decided = 0;
    followWithGateway(topology("uid", "a"));
    await().until(() -> !questions.isEmpty());
    broker.failure = new BrokerException(BrokerException.Kind.UNAVAILABLE, "no answer");
    await().until(() -> scaling().get("a").unknownBecause().isPresent());
    woken.clear();
    decided = 1;

    questions.getLast().answer().complete(Optional.of("queue-a"));

    awaitSamples(2);
    assertThat(scaling().get("a").decision().replicas()).isZero();
    assertThat(woken).isEmpty();
  }

  @Test
  void aConsumerWithPodsNeedsNoGateway() {
    followWithGateway(topology("uid", "a"));

    awaitSamples(3);
    assertThat(questions).isEmpty();
  }

  @Test
  void aDeletedTopologyWaitsForNothing() {
    decided = 0;
    followWithGateway(topology("uid", "a"));
    await().until(() -> !questions.isEmpty());

    exists = false;

    await().until(() -> questions.stream().allMatch(question -> question.answer().isCancelled()));
  }

  private void followWithGateway(MessageTopology topology) {
    Observation seen = observation(topology);
    sampler.follow(
        LoadSnapshot.of(
            topology,
            Observations.withNodes(
                seen,
                new TreeMap<>(Map.of(0, new QueueNode(0, Optional.empty(), Optional.of(GATEWAY))))),
            Optional.of(broker)));
  }

  @Test
  void aDeletedTopologyIsForgotten() {
    follow(topology("uid", "a"));
    awaitSamples(1);

    exists = false;

    await().until(() -> scaling().isEmpty());
    assertThat(meters.getMeters()).isEmpty();
    assertNothingIsAsked();
  }

  @Test
  void aTopologyWithoutScaledConsumersIsForgotten() {
    follow(topology("uid", "a"));
    awaitSamples(1);

    follow(topology("uid"));

    assertThat(scaling()).isEmpty();
    assertThat(meters.getMeters()).isEmpty();
    assertNothingIsAsked();
  }

  private void assertNothingIsAsked() {
    // A question may be on its way.
    await()
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              boolean quiet = !broker.askedSince;
              broker.askedSince = false;
              return quiet;
            });
  }

  @Test
  void aRecreatedTopologyIsNotMistakenForTheOldOne() {
    MessageTopology old = topology("old", "a");
    decided = 9;
    follow(old);
    await().until(() -> !sampler.scaling(old).isEmpty());
    decided = 3;

    MessageTopology recreated = topology("new", "a");
    assertThat(sampler.scaling(recreated)).isEmpty();
    follow(recreated);

    await().until(() -> !sampler.scaling(recreated).isEmpty());
    assertThat(sampler.scaling(recreated).get("a").decision().replicas()).isEqualTo(3);
    assertThat(sampler.scaling(old)).isEmpty();
  }

  @Test
  void aConsumerThatDoesNotRunYetIsNotScaled() {
    MessageTopology topology = topology("uid", "a", "b");
    sampler.follow(LoadSnapshot.of(topology, observation(List.of("b")), Optional.of(broker)));

    awaitSamples(2);
    assertThat(scaling()).containsOnlyKeys("b");
  }

  @Test
  void metricsExistAsLongAsTheConsumer() {
    follow(topology("uid", "a", "b"));
    await().until(() -> scaling().size() == 2);

    assertThat(gauge("warren.consumer.arrivals", "a")).isEqualTo(123.4);
    assertThat(gauge("warren.consumer.rate.per.replica", "a")).isEqualTo(25.26);
    assertThat(gauge("warren.consumer.backlog", "a")).isEqualTo(5678);
    assertThat(gauge("warren.consumer.replicas.wanted", "a")).isEqualTo(2);
    assertThat(scaled("a", "out")).isZero();
    decided = 4;
    await().until(() -> scaled("a", "out") == 1);
    broker.failure = new BrokerException(BrokerException.Kind.UNAVAILABLE, "no answer");
    await().until(() -> Double.isNaN(gauge("warren.consumer.arrivals", "a")));

    follow(topology("uid", "b"));

    await().until(() -> scaling().keySet().equals(Set.of("b")));
    assertThat(meters.getMeters())
        .hasSize(6)
        .extracting(meter -> meter.getId().getTag("consumer"))
        .containsOnly("b");
  }

  private double gauge(String name, String consumer) {
    return meters.get(name).tags("topology", "orders", "consumer", consumer).gauge().value();
  }

  private double scaled(String consumer, String direction) {
    return meters
        .get("warren.consumer.scalings")
        .tags("consumer", consumer, "direction", direction)
        .counter()
        .count();
  }

  private Map<String, ConsumerScaling> scaling() {
    return sampler.scaling(topology("uid", "a"));
  }

  private void awaitSamples(int more) {
    int enough = samples.size() + more;
    await().until(() -> samples.size() >= enough);
  }

  private void follow(MessageTopology topology) {
    sampler.follow(LoadSnapshot.of(topology, observation(topology), Optional.of(broker)));
  }

  private static Observation observation(MessageTopology topology) {
    return observation(topology.getSpec().consumers().stream().map(c -> c.name()).toList());
  }

  private static Observation observation(List<String> running) {
    return Observations.objects(
        running.stream().map(LoadSamplerTest::deployment).toList(), Instant.EPOCH);
  }

  private static Deployment deployment(String consumer) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("orders-" + consumer)
        .endMetadata()
        .withNewSpec()
        .withReplicas(2)
        .endSpec()
        .withNewStatus()
        .withReadyReplicas(1)
        .endStatus()
        .build();
  }

  private static MessageTopology topology(String uid, String... consumers) {
    MessageTopology topology = new MessageTopology();
    topology.getMetadata().setNamespace("shop");
    topology.getMetadata().setName("orders");
    topology.getMetadata().setUid(uid);
    topology.setSpec(
        Serialization.unmarshal(
            "consumers: ["
                + Stream.of(consumers)
                    .map(
                        """
                        {name: %1$s, queue: queue-%1$s, prefetch: 1, scaling: {minReplicas: 0, maxReplicas: 10, drainWithin: 60s, maxWait: 10s, targetUtilization: 80, initialRate: 10, cooldown: 10s, scaleInWindow: 10s, maxScaleInPercent: 25}}
                        """
                            ::formatted)
                    .collect(Collectors.joining(","))
                + "]",
            MessageTopologySpec.class));
    return topology;
  }

  private static final class Broker implements BrokerClient {
    private final List<Set<String>> asked = new CopyOnWriteArrayList<>();
    private volatile RuntimeException failure;
    private volatile long ready = 30;
    private volatile boolean askedSince;

    @Override
    public QueueLoad load(Set<String> queues) {
      asked.add(queues);
      askedSince = true;
      if (failure != null) {
        throw failure;
      }
      return new QueueLoad(
          List.of(),
          queues.stream()
              .collect(Collectors.toMap(queue -> queue, queue -> new Count(true, ready, 2, 700))));
    }

    @Override
    public BrokerObservation observe() {
      throw new AssertionError("too expensive for every sample");
    }

    @Override
    public void apply(BrokerAction action) {
      throw new AssertionError("nothing is changed: " + action);
    }

    @Override
    public boolean canResolve(int node) {
      throw new AssertionError("only a pass asks");
    }

    @Override
    public Map<String, ConsumerCount> consumers(Set<String> queues) {
      throw new AssertionError("only a pass asks");
    }

    @Override
    public Map<String, ClientWork> workByAddress() {
      throw new AssertionError("only a pass asks");
    }
  }
}
