package dev.warren.operator.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.operator.ApiServer;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.PutRecord;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.BrokerActions;
import dev.warren.operator.action.BrokerStep;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Replace;
import dev.warren.operator.action.Problem;
import dev.warren.operator.action.Retained;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.BrokerWorker;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.Observations;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.QueueLoad;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.status.ReconcileResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("apiserver")
class PlanExecutorApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private static final BrokerAction STOP = new StopNode("rabbit@a");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final KubernetesClient client = server.client();
  private final String namespace = server.namespace();
  private final Owner owner = new Owner(namespace, "orders", "uid-of-orders");
  private final Broker broker = new Broker();
  private Executor executor = Runnable::run;

  @Test
  void whatBuildsUponARefusedChangeIsNotTriedAndTheRefusalIsToldFirst() {
    takeName("b");

    ReconcileResult result = carryOut(List.of(), creations("a", "b", "c"), List.of(), List.of());

    assertThat(result.nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.NAME_TAKEN, Reason.UPDATING);
    assertThat(configMap("a")).isNotNull();
    assertThat(configMap("c")).isNull();
  }

  @Test
  void nodesAreNotMadeWithoutWhatTheyNeed() {
    takeName("b");

    ReconcileResult result = carryOut(creations("a", "b"), creations("c"), List.of(), List.of());

    assertThat(result.nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.NAME_TAKEN);
    assertThat(configMap("c")).isNull();
  }

  @Test
  void whatNodesNeedIsMadeWithoutMakingThemLessReady() {
    assertThat(carryOut(creations("a"), List.of(), List.of(), List.of()).nodeProblems()).isEmpty();
  }

  @Test
  void aConsumerThatIsRefusedHoldsUpNoOther() {
    takeName("a");

    ReconcileResult result = carryOut(List.of(), List.of(), List.of(), creations("a", "b"));

    assertThat(result.consumerProblems())
        .extracting(Problem::message)
        .containsExactly(
            "ConfigMap a exists and belongs to no MessageTopology",
            "ConfigMap b is being brought up to date");
  }

  @Test
  void aQueueThatTheBrokerRefusesHoldsUpNoOther() {
    broker.failures.put("a", new BrokerException(Kind.REFUSED, "no"));

    ReconcileResult result = carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(result.topologyProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.REFUSED);
    assertThat(broker.declared).containsExactly("b");
  }

  @Test
  void aQueueAtWhichTheBrokerFailsHoldsUpNoOther() {
    broker.failures.put("a", new BrokerException(Kind.FAILED, "HTTP status 500"));

    ReconcileResult result = carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(result.topologyProblems())
        .containsExactly(
            new Problem(Reason.BROKER_ERROR, "cannot declare quorum queue 'a': HTTP status 500"));
    assertThat(broker.declared).containsExactly("b");
  }

  @Test
  void aQueueOfWhichTheBrokerDoesNotAnswerHoldsUpNoOther() {
    broker.failures.put("a", new BrokerException(Kind.UNAVAILABLE, "no answer"));

    ReconcileResult result = carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(result.topologyProblems())
        .containsExactly(new Problem(Reason.BROKER_UNREACHABLE, "no answer"));
    assertThat(broker.declared).containsExactly("b");
  }

  @Test
  void aBrokerThatTwiceDoesNotAnswerIsNotAskedAgainInThisPass() {
    broker.failures.put("a", new BrokerException(Kind.UNAVAILABLE, "no answer"));
    broker.failures.put("b", new BrokerException(Kind.UNAVAILABLE, "no answer"));

    carryOut(List.of(), List.of(), declarations("a", "b", "c"), List.of());

    assertThat(broker.declared).isEmpty();
  }

  /** As by a quota of load balancers, or a policy of the cluster. */
  @Test
  void nodesAreKeptAlthoughTheWayForClientsIsRefused() {
    Service clients = service("clients", null);
    client.resource(service("clients", null)).create();

    ReconcileResult result =
        carryOut(List.of(new Create(clients, "missing")), creations("a"), List.of(), List.of());

    assertThat(result.nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.NAME_TAKEN, Reason.UPDATING);
    assertThat(configMap("a")).isNotNull();
  }

  @Test
  void nodesAreNotMadeWithoutTheNamesByWhichTheyFindEachOther() {
    client.resource(service("names", "None")).create();

    carryOut(
        List.of(new Create(service("names", "None"), "missing")),
        creations("a"),
        List.of(),
        List.of());

    assertThat(configMap("a")).isNull();
  }

  private Service service(String name, String clusterIp) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withClusterIP(clusterIp)
        .addNewPort()
        .withPort(1)
        .endPort()
        .endSpec()
        .build();
  }

  /** Each takes two seconds here. */
  @Test
  void manyQueuesAreDeclaredInSeveralPassesSoThatTheStatusTellsHowFarItIs() {
    ReconcileResult result =
        carryOut(List.of(), List.of(), declarations("a", "b", "c", "d", "e"), List.of());

    assertThat(broker.declared).containsExactly("a", "b", "c");
    assertThat(result.topologyProblems())
        .containsExactly(new Problem(Reason.DECLARING, "2 of 5 changes are still to be made"));
  }

  @Test
  void nothingIsDeclaredThatCouldNotBeRecordedBefore() {
    PutRecord record = new PutRecord(OwnershipRecord.NOTHING);
    broker.failures.put(record.describe(), new BrokerException(Kind.REFUSED, "too large"));

    ReconcileResult result =
        carryOut(
            List.of(),
            List.of(),
            Stream.concat(Stream.of(record), declarations("a").stream()).toList(),
            List.of());

    assertThat(broker.declared).isEmpty();
    assertThat(result.topologyProblems())
        .containsExactly(
            new Problem(Reason.REFUSED, "cannot record what this resource declares: too large"));
  }

  @Test
  void whatTurnsOutToBeInUseIsRetainedAndHoldsUpNoOther() {
    RemoveQueue removal = new RemoveQueue("old", true);
    broker.failures.put(removal.describe(), new BrokerException(Kind.IN_USE, "It has consumers"));

    ReconcileResult result =
        carryOut(
            List.of(),
            List.of(),
            Stream.concat(Stream.of(removal), declarations("a").stream()).toList(),
            List.of());

    assertThat(broker.declared).containsExactly("a");
    assertThat(result.applied().retained())
        .containsExactly(new Retained("Queue", "old", "It has consumers"));
    assertThat(result.applied().broker()).hasSize(1);
  }

  @Test
  void whatIsOnlyRetainedLeavesTheTopologyDeclared() {
    RemoveQueue removal = new RemoveQueue("old", true);
    broker.failures.put(removal.describe(), new BrokerException(Kind.IN_USE, "It has consumers"));

    ReconcileResult result = carryOut(List.of(), List.of(), List.of(removal), List.of());

    assertThat(result.topologyProblems()).isEmpty();
  }

  @Test
  void whatTakesLongGoesOnBesideThePassAndNothingAfterItIsDone() {
    executor = run -> broker.clock.pass(Duration.ofSeconds(6));

    ReconcileResult result = carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(broker.declared).isEmpty();
    assertThat(result.topologyProblems())
        .extracting(Problem::reason, Problem::message)
        .containsExactly(
            tuple(Reason.DECLARING, "2 of 2 changes are still to be made"),
            tuple(
                Reason.IN_PROGRESS,
                "declare quorum queue 'a': in progress since " + TestClock.BEGIN));
    assertThat(result.nodeProblems()).isEmpty();
  }

  @Test
  void whatIsDoneToANodeBesideThePassIsAboutTheNodes() {
    executor = run -> broker.clock.pass(Duration.ofSeconds(6));

    ReconcileResult result =
        carryOut(List.of(), List.of(), List.of(new BrokerAction.StopNode("rabbit@a")), List.of());

    assertThat(result.topologyProblems()).isEmpty();
    assertThat(result.nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.IN_PROGRESS);
  }

  @Test
  void whatWasNotTriedWithTheBrokersVersionIsNotDoneAndTold() {
    broker.failures.put("a", new BrokerException(Kind.UNTRIED, "RabbitMQ 4.4.0 runs"));

    ReconcileResult result = carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(result.topologyProblems())
        .containsExactly(
            new Problem(
                Reason.UNTRIED_VERSION, "cannot declare quorum queue 'a': RabbitMQ 4.4.0 runs"));
    assertThat(broker.declared).containsExactly("b");
  }

  /** Only the next pass sees it, and so may say that all is as it shall be. */
  @Test
  void aPassThatChangedTheBrokerDoesNotSayThatAllIsDeclared() {
    ReconcileResult result = carryOut(List.of(), List.of(), declarations("a"), List.of());

    assertThat(result.topologyProblems())
        .containsExactly(new Problem(Reason.DECLARING, "Waiting to observe the applied changes"));
  }

  static Stream<BrokerAction> destructive() {
    return BrokerActions.destructive().stream();
  }

  @ParameterizedTest
  @MethodSource("destructive")
  void nothingDestructiveIsDoneWhileTheRecordOfTheNodesIsRefused(BrokerAction action) {
    takeName("record");

    ReconcileResult result =
        carryOut(
            List.of(),
            creation("record"),
            List.of(new Delete(ours("kept"), "gone for good")),
            Stream.concat(Stream.of(action), declarations("a").stream()).toList(),
            List.of());

    assertThat(broker.declared).containsExactly("a");
    assertThat(configMap("kept")).isNotNull();
    assertThat(result.nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.NAME_TAKEN);
    assertThat(result.topologyProblems())
        .contains(
            new Problem(
                Reason.DECLARING,
                "The record of the nodes cannot be written; changes that wait for it: 1"));
  }

  @ParameterizedTest
  @MethodSource("destructive")
  void whatIsDestructiveIsDoneOnceTheRecordOfTheNodesIsWritten(BrokerAction action) {
    ConfigMap doomed = ours("doomed");

    carryOut(
        List.of(),
        creation("record"),
        List.of(new Delete(doomed, "gone for good")),
        List.of(action),
        List.of());

    assertThat(broker.declared).containsExactly(action.describe());
    assertThat(configMap("record")).isNotNull();
    assertThat(configMap("doomed")).isNull();
  }

  /** Somebody took its labels away, or wrote it meanwhile: what it says is not what was planned. */
  @Test
  void aRecordThatTurnsOutToBeThereIsNotTakenForWritten() {
    ours("record");
    assertNothingIsStoppedWith(creation("record"));
  }

  @Test
  void aRecordThatSomebodyElseHasChangedIsNotTakenForWritten() {
    ConfigMap late = ours("record");
    client.resource(late).edit(map -> new ConfigMapBuilder(map).addToData("a", "b").build());
    assertNothingIsStoppedWith(Optional.of(new Replace(late, "its new data is something")));
  }

  @Test
  void aRecordIsNotTakenForWrittenIfWhatNodesNeedIsRefused() {
    takeName("support");
    carryOut(creations("support"), creation("record"), List.of(), List.of(STOP), List.of());

    assertThat(broker.declared).isEmpty();
    assertThat(configMap("record")).isNull();
  }

  @Test
  void nothingIsDoneAfterAnApiServerThatDoesNotAnswerForTheRecord() {
    KubernetesClient nobody =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:1")
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    KubernetesWriter writer = new KubernetesWriter(nobody, owner, new ObservedObjects(List.of()));

    assertThatThrownBy(
            () ->
                carryOut(
                    writer, List.of(), creation("record"), List.of(), List.of(STOP), List.of()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(broker.declared).isEmpty();
  }

  private void assertNothingIsStoppedWith(Optional<KubernetesAction> record) {
    carryOut(List.of(), record, creations("c"), List.of(STOP), List.of());

    assertThat(broker.declared).isEmpty();
    assertThat(configMap("c")).isNull();
  }

  private Optional<KubernetesAction> creation(String name) {
    return creations(name).stream().findFirst();
  }

  private ConfigMap ours(String name) {
    return client.resource((ConfigMap) creations(name).getFirst().object()).create();
  }

  private ReconcileResult carryOut(
      List<KubernetesAction> support,
      List<KubernetesAction> nodes,
      List<BrokerAction> declarations,
      List<KubernetesAction> consumers) {
    return carryOut(support, Optional.empty(), nodes, declarations, consumers);
  }

  private ReconcileResult carryOut(
      List<KubernetesAction> support,
      Optional<KubernetesAction> record,
      List<KubernetesAction> nodes,
      List<BrokerAction> declarations,
      List<KubernetesAction> consumers) {
    KubernetesWriter writer = new KubernetesWriter(client, owner, new ObservedObjects(List.of()));
    return carryOut(writer, support, record, nodes, declarations, consumers);
  }

  private ReconcileResult carryOut(
      KubernetesWriter writer,
      List<KubernetesAction> support,
      Optional<KubernetesAction> record,
      List<KubernetesAction> nodes,
      List<BrokerAction> declarations,
      List<KubernetesAction> consumers) {
    Observation observed = Observations.nothing(NOON);
    return new PlanExecutor(
            writer,
            Optional.of(broker),
            new BrokerWorker(executor, topology -> true, topology -> {}, broker.clock),
            owner,
            broker.clock)
        .carryOut(
            new ReconcilePlan(
                support,
                record,
                nodes,
                BrokerStep.inOrder(declarations),
                consumers,
                List.of(),
                List.of(),
                List.of(),
                Optional.empty()),
            observed,
            List.of());
  }

  private void takeName(String name) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build())
        .create();
  }

  private List<KubernetesAction> creations(String... names) {
    return Stream.of(names)
        .<KubernetesAction>map(
            name ->
                new Create(
                    new ConfigMapBuilder()
                        .withMetadata(owner.owned(name, Component.TOPOLOGY).build())
                        .build(),
                    "missing"))
        .toList();
  }

  private static List<BrokerAction> declarations(String... names) {
    return Stream.of(names)
        .<BrokerAction>map(name -> new DeclareQueue(new Queue(name, "quorum", Map.of())))
        .toList();
  }

  private ConfigMap configMap(String name) {
    return client.configMaps().inNamespace(namespace).withName(name).get();
  }

  private static final class Broker implements BrokerClient {
    private final Map<String, BrokerException> failures = new HashMap<>();
    private final List<String> declared = new ArrayList<>();
    private final TestClock clock = new TestClock();

    @Override
    public BrokerObservation observe() {
      throw new AssertionError("observed before");
    }

    @Override
    public void apply(BrokerAction action) {
      String queue =
          action instanceof DeclareQueue(Queue declared) ? declared.name() : action.describe();
      clock.pass(Duration.ofSeconds(2));
      if (failures.containsKey(queue)) {
        throw failures.get(queue);
      }
      declared.add(queue);
    }

    @Override
    public QueueLoad load(Set<String> queues) {
      throw new AssertionError("no pass asks for the load");
    }

    @Override
    public Map<String, ClientWork> workByAddress() {
      throw new AssertionError("no consumer has more Pods than it needs");
    }

    @Override
    public boolean canResolve(int node) {
      throw new AssertionError("no node is lost");
    }
  }
}
