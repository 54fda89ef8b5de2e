package dev.warren.operator.status;

import static dev.warren.api.v1alpha1.QueueSpec.QueueDeletion.Delete;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.DriftStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.EndpointStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.EndpointType;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Quorum;
import dev.warren.api.v1alpha1.MessageTopologyStatus.RetainedStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ScalingStatus;
import dev.warren.api.v1alpha1.QueueSpec.QueueDeletion;
import dev.warren.operator.Decisions;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareExchange;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.PutUser;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.action.BrokerStep;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.Problem;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.BrokerWork;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.ScalingObservation;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.validation.Violation;
import dev.warren.operator.scaling.ScalingDecision;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusBuilderTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final ResourceNames NAMES = ResourceNames.of("shop", "orders");
  private static final String READY = "{conditions: [{type: Ready, status: 'True'}]}";

  private Instant now = NOON;
  private final MessageTopology topology = new MessageTopology();
  private final Map<Integer, String> podStatus = new TreeMap<>();
  private final Map<Integer, String> machines = new TreeMap<>();
  private Optional<Integer> leftOver = Optional.empty();
  private final List<Service> services = new ArrayList<>();
  private String containers = "[{name: rabbitmq}]";
  private String told = "";
  private final Map<String, QueueState> queues = new LinkedHashMap<>();
  private final List<Deployment> deployments = new ArrayList<>();
  private final List<Pod> consumerPods = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private final List<Problem> nodeProblems = new ArrayList<>();
  private final List<Problem> topologyProblems = new ArrayList<>();
  private final List<Problem> consumerProblems = new ArrayList<>();
  private final Map<Integer, Node> brokerNodes = new TreeMap<>();
  private ScalingObservation scaling = ScalingObservation.NONE;
  private BrokerObservation unreachable;
  private AppliedActions applied = AppliedActions.NONE;
  private OwnershipRecord declared = OwnershipRecord.NOTHING;
  private BrokerDefinitions definitions =
      new BrokerDefinitions(Map.of(), Map.of(), Set.of(), Map.of(), Map.of());

  StatusBuilderTest() {
    topology.getMetadata().setNamespace("shop");
    topology.getMetadata().setName("orders");
    topology.getMetadata().setUid("uid");
    topology.getMetadata().setGeneration(1L);
    spec("queues: [{name: hello, type: quorum}]");
    for (int n = 0; n < 3; n++) {
      podStatus.put(n, READY);
      brokerNodes.put(n, node(n, true));
    }
    queues.put("hello", queue("hello", 0, 3, 3, 0));
  }

  @Test
  void anErrorOfTheOperatorItselfIsToldAndWhatWasKnownStays() {
    MessageTopologyStatus before = build();
    topology.setStatus(before);

    MessageTopologyStatus after = StatusBuilder.failed(topology, "no answer", NOON.plusSeconds(60));

    assertThat(Conditions.isReady(after)).isFalse();
    assertThat(after.conditions())
        .hasSameSizeAs(before.conditions())
        .first()
        .satisfies(
            ready -> {
              assertThat(ready.getReason()).isEqualTo("ReconcileFailed");
              assertThat(ready.getMessage()).endsWith("no answer");
              assertThat(ready.getLastTransitionTime()).isEqualTo("2026-01-01T12:01:00Z");
            });
    assertThat(after.conditions()).containsAll(before.conditions().subList(1, 6));
    assertThat(after.nodes()).isEqualTo(before.nodes());
    topology.setStatus(after);
    assertThat(StatusBuilder.failed(topology, "no answer", NOON.plusSeconds(90))).isEqualTo(after);
  }

  @Nested
  class Ready {

    @Test
    void whatIsLeftOfANodeThatWentLongAgoIsNoNode() {
      leftOver = Optional.of(7);

      MessageTopologyStatus status = build();

      assertThat(status.nodes().members()).extracting(NodeStatus::name).doesNotContain("orders-7");
      assertThat(Conditions.isReady(status)).isTrue();
    }

    @Test
    void nodesThatShareAMachineAreTold() {
      assertThat(message(build(), "NodesReady")).isEqualTo("3 of 3 nodes are ready");

      machines.put(0, "n2");
      assertThat(message(build(), "NodesReady"))
          .isEqualTo("3 of 3 nodes are ready; orders-0 and orders-2 are on one machine, n2");
    }

    @Test
    void aChangeThatWaitsForANodeTellsWhichAndWhy() {
      nodeProblems.add(new Problem(Reason.ROLLING_UPDATE, "2 of 3 nodes still run as before"));
      podStatus.put(
          2,
          """
          {containerStatuses: [{name: rabbitmq, state: {waiting:
            {reason: ImagePullBackOff, message: no such image}}}]}
          """);

      assertThat(ready(build()))
          .isEqualTo(
              "False/RollingUpdate: 2 of 3 nodes are ready; 2 of 3 nodes still run as before;"
                  + " orders-2: Container rabbitmq: no such image");
    }

    @Test
    void itIsTrueWhenEverythingIs() {
      MessageTopologyStatus status = build();

      assertThat(conditions(status))
          .containsExactly(
              "Ready=True/AllReady",
              "Validated=True/Valid",
              "NodesReady=True/AllReady",
              "TopologyDeclared=True/Declared",
              "ConsumersReady=True/AllReady",
              "EndpointsReady=True/AllReady");
      assertThat(message(status, "Ready"))
          .isEqualTo("3/3 nodes, 1/1 queues, 0/0 consumers and 0/0 endpoints are ready");
      assertThat(Conditions.isReady(status)).isTrue();
      assertThat(status.observedGeneration()).isEqualTo(1);
      assertThat(status.binding().name()).isEqualTo("orders-connection");
    }

    /** In the order in which things have to become right: the first is the one to look at. */
    @Test
    void itNamesTheFirstPartThatIsNotReady() {
      consumerProblems.add(new Problem(Reason.REFUSED, "consumers"));
      assertThat(ready(build())).isEqualTo("False/Refused: consumers");

      topologyProblems.add(new Problem(Reason.IMMUTABLE_ARGUMENT, "topology"));
      assertThat(ready(build())).isEqualTo("False/ImmutableArgument: topology");

      nodeProblems.add(new Problem(Reason.NODE_LOST, "nodes"));
      assertThat(ready(build())).isEqualTo("False/NodeLost: 3 of 3 nodes are ready; nodes");

      violations.add(new Violation("spec.a", "is wrong"));
      assertThat(ready(build())).isEqualTo("False/InvalidSpec: spec.a: is wrong");
    }

    @Test
    void itIsUnknownWhileItsCauseIs() {
      brokerIsSilent("no answer");
      assertThat(ready(build())).isEqualTo("Unknown/BrokerUnreachable: no answer");
      assertThat(Conditions.isReady(build())).isFalse();
      assertThat(Conditions.holds(build(), ConditionType.READY)).isEmpty();

      nodeProblems.add(new Problem(Reason.NODE_LOST, "orders-1 is lost"));
      assertThat(ready(build())).startsWith("False/NodeLost: ");
    }

    @Test
    void ofSeveralProblemsTheWorstGivesTheReason() {
      nodeProblems.add(new Problem(Reason.UPDATING, "Pod orders-1 is being brought up to date"));
      nodeProblems.add(new Problem(Reason.SECRET_MISSING, "Secret orders-admin is missing"));
      topologyProblems.add(new Problem(Reason.DECLARING, "2 of 5 changes are still to be made"));
      topologyProblems.add(new Problem(Reason.BROKER_UNREACHABLE, "no answer"));
      consumerProblems.add(
          new Problem(Reason.UPDATING, "Deployment a is being brought up to date"));
      consumerProblems.add(new Problem(Reason.NAME_TAKEN, "Deployment b exists"));

      assertThat(conditions(build()))
          .contains(
              "NodesReady=False/SecretMissing",
              "TopologyDeclared=Unknown/BrokerUnreachable",
              "ConsumersReady=False/NameTaken");
      assertThat(message(build(), "TopologyDeclared"))
          .isEqualTo("no answer; 2 of 5 changes are still to be made");
    }
  }

  @Nested
  class AnInvalidSpec {

    @Test
    void leavesTheRestOfTheStatusAsItIs() {
      topology.setStatus(build());
      changeSpec("queues: [{name: hello, type: quorum}]", "exchanges: [{name: new, type: topic}]");
      violations.add(new Violation("spec.bindings[0].queue", "no queue 'x'"));
      violations.add(new Violation("spec.bindings[1].queue", "no queue 'y'"));

      MessageTopologyStatus status = build();

      assertThat(conditions(status))
          .containsExactly(
              "Ready=False/InvalidSpec",
              "Validated=False/InvalidSpec",
              "NodesReady=True/AllReady",
              "TopologyDeclared=True/Declared",
              "ConsumersReady=True/AllReady",
              "EndpointsReady=True/AllReady");
      assertThat(message(status, "Validated"))
          .isEqualTo("spec.bindings[0].queue: no queue 'x'; spec.bindings[1].queue: no queue 'y'");
      assertThat(status.nodes()).isEqualTo(topology.getStatus().nodes());
      assertThat(status.queues()).isEqualTo(topology.getStatus().queues());
      assertThat(status.observedGeneration()).isEqualTo(2);
    }

    @Test
    void doesNotCountAsDeclared() {
      topology.setStatus(build());
      changeSpec("exchanges: [{name: a, type: topic}, {name: b, type: topic}]");
      violations.add(new Violation("spec", "is wrong"));

      Condition declared = condition(build(), "TopologyDeclared");

      assertThat(declared.getObservedGeneration()).isEqualTo(1);
      assertThat(declared.getMessage()).startsWith("0 exchanges");
    }

    @Test
    void fromTheBeginningLeavesUnknownWhatIsDeclared() {
      violations.add(new Violation("spec", "is wrong"));

      assertThat(conditions(build())).contains("TopologyDeclared=Unknown/InvalidSpec");
    }

    @Test
    void hidesNotThatTheBrokerDoesNotAnswer() {
      topology.setStatus(build());
      brokerIsSilent("no answer");
      violations.add(new Violation("spec", "is wrong"));

      assertThat(conditions(build())).contains("TopologyDeclared=Unknown/BrokerUnreachable");
    }

    @Test
    void withAThousandFaultsTellsTheFirstTen() {
      for (int i = 0; i < 1000; i++) {
        violations.add(new Violation("f" + i, "wrong"));
      }

      assertThat(message(build(), "Validated")).endsWith("; f9: wrong; and 990 more");
    }
  }

  @Nested
  class ABrokerThatDoesNotAnswer {

    @Test
    void leavesTheQueuesLastKnownNumbers() {
      queues.put("hello", queue("hello", 1, 3, 3, 42));
      topology.setStatus(build());
      brokerIsSilent("no answer");

      MessageTopologyStatus status = build();

      assertThat(conditions(status)).contains("TopologyDeclared=Unknown/BrokerUnreachable");
      assertThat(status.queues())
          .containsExactly(new QueueStatus("hello", "orders-1", 3, 3, 42L, 0L, null, null));
      assertThat(status.summary().queues()).isEqualTo("1/1");
      assertThat(status.messagesCountedAt()).isEqualTo(NOON.toString());
      assertThat(status.nodes().quorum()).isEqualTo(Quorum.Unknown);
    }

    @Test
    void makesNoQueueOfAThousandUnavailable() {
      manyQueues(1000);
      topology.setStatus(build());
      brokerIsSilent("no answer");

      assertThat(build().summary().queues()).isEqualTo("1000/1000");
      assertThat(build().queues()).isEqualTo(topology.getStatus().queues());
    }

    @Test
    void fromTheBeginningLeavesTheNumbersOut() {
      brokerIsSilent("No queue node runs yet");

      assertThat(build().queues())
          .containsExactly(new QueueStatus("hello", null, null, null, null, null, null, null));
      assertThat(build().messagesCountedAt()).isNull();
      assertThat(build().summary().queues()).isEqualTo("0/1");
    }
  }

  @Nested
  class Writing {

    @Test
    void nothingNewIsNoNewStatus() {
      topology.setStatus(build());
      now = NOON.plus(Duration.ofHours(1));

      assertThat(build()).isEqualTo(topology.getStatus());
    }

    @Test
    void aConditionsTimeIsThatOfItsLastChangeOfStatus() {
      nodeProblems.add(new Problem(Reason.ROLLING_UPDATE, "one"));
      topology.setStatus(build());

      now = NOON.plusSeconds(10);
      nodeProblems.set(0, new Problem(Reason.UNSCHEDULABLE, "another"));
      topology.setStatus(build());
      assertThat(condition(topology.getStatus(), "NodesReady").getReason())
          .isEqualTo("Unschedulable");
      assertThat(since("NodesReady")).isEqualTo("2026-01-01T12:00:00Z");

      now = NOON.plusSeconds(20).plusMillis(5);
      nodeProblems.clear();
      topology.setStatus(build());
      assertThat(since("NodesReady")).isEqualTo("2026-01-01T12:00:20Z");
      assertThat(since("Ready")).isEqualTo("2026-01-01T12:00:20Z");
      assertThat(since("Validated")).isEqualTo("2026-01-01T12:00:00Z");
    }

    @Test
    void anotherGenerationIsNamedInEachConditionAndTheTimesStay() {
      topology.setStatus(build());
      now = NOON.plusSeconds(10);
      topology.getMetadata().setGeneration(2L);
      topology.setStatus(build());

      assertThat(topology.getStatus().conditions())
          .allSatisfy(
              condition -> {
                assertThat(condition.getObservedGeneration()).isEqualTo(2);
                assertThat(condition.getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
              });
    }
  }

  @Nested
  class Counts {

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "99, 99", "101, 100", "1234, 1200", "1250, 1300", "987654, 990000"})
    void areToldInTwoDigits(long messages, long told) {
      queues.put("hello", queue("hello", 0, 3, 3, messages));

      assertThat(build().queues().getFirst().ready()).isEqualTo(told);
    }

    @Test
    void tellHowManyDeadLettersHaveNotArrived() {
      List<String> node = List.of(NAMES.brokerNode(0));
      queues.put(
          "hello",
          new QueueState("hello", Optional.of(NAMES.brokerNode(0)), node, node, 1, 0, 1234));
      assertThat(build().queues()).extracting(QueueStatus::deadLetters).containsExactly(1200L);

      queues.put("hello", queue("hello", 0, 1, 1, 1));
      assertThat(build().queues()).extracting(QueueStatus::deadLetters).containsOnlyNulls();
    }

    @Test
    void areRefreshedEveryThirtySecondsAtMost() {
      queues.put("hello", queue("hello", 0, 3, 3, 10));
      topology.setStatus(build());
      queues.put("hello", queue("hello", 0, 3, 3, 20));

      now = NOON.plusSeconds(29);
      assertThat(build()).isEqualTo(topology.getStatus());

      now = NOON.plusSeconds(30);
      assertThat(build().queues().getFirst().ready()).isEqualTo(20);
      assertThat(build().messagesCountedAt()).isEqualTo("2026-01-01T12:00:30Z");
    }

    @Test
    void doNotHoldBackWhatElseChanges() {
      queues.put("hello", queue("hello", 0, 3, 3, 10));
      topology.setStatus(build());
      queues.put("hello", queue("hello", 1, 3, 2, 20));
      now = NOON.plusSeconds(1);

      assertThat(build().queues())
          .containsExactly(
              new QueueStatus("hello", "orders-1", 3, 2, 10L, 0L, null, "1 of 3 members are down"));
      assertThat(build().messagesCountedAt()).isEqualTo(NOON.toString());
    }

    @Test
    void ofAQueueThatWasJustDeclaredAreTheFirst() {
      queues.clear();
      topology.setStatus(build());
      queues.put("hello", queue("hello", 0, 3, 3, 5));
      now = NOON.plusSeconds(1);

      assertThat(build().queues().getFirst().ready()).isEqualTo(5);
    }
  }

  @Nested
  class Queues {

    @ParameterizedTest(name = "{4}")
    @CsvSource(
        delimiter = '|',
        nullValues = "-",
        value = {
          "0 | 3 | 3 | quorum  | -",
          "0 | 2 | 2 | quorum  | The queue has 2 of 3 members",
          "0 | 3 | 2 | quorum  | 1 of 3 members are down",
          "- | 3 | 1 | quorum  | The queue has no leader: it is unavailable",
          "0 | 1 | 1 | classic | -",
          "0 | 1 | 1 | stream  | The queue has 1 of 3 members",
        })
    void tellWhatIsWrongWithThem(
        Integer leader, int members, int online, String type, String message) {
      spec("queues: [{name: hello, type: %s}]".formatted(type));
      queues.put("hello", queue("hello", leader, members, online, 0));

      MessageTopologyStatus status = build();

      assertThat(status.queues().getFirst().message()).isEqualTo(message);
      assertThat(status.summary().queues()).isEqualTo(message == null ? "1/1" : "0/1");
      assertThat(conditions(status))
          .contains(
              message == null
                  ? "TopologyDeclared=True/Declared"
                  : "TopologyDeclared=False/QueueNotReady");
    }

    @Test
    void thatAreMissingAreNotDeclaredYet() {
      queues.clear();

      assertThat(message(build(), "TopologyDeclared"))
          .isEqualTo("0/1 queues are ready; 'hello': The queue is not declared yet");
    }

    @Test
    void haveNoMoreMembersThanThereAreNodes() {
      podStatus.keySet().removeIf(n -> n > 0);
      brokerNodes.keySet().removeIf(n -> n > 0);
      spec("nodes: {replicas: 1}", "queues: [{name: hello, type: quorum, members: 5}]");
      queues.put("hello", queue("hello", 0, 1, 1, 0));

      assertThat(ready(build())).startsWith("True");
    }

    @Test
    void ofAThousandAHundredAreListedTheWorstFirst() {
      manyQueues(1000);
      queues.put("q0500", queue("q0500", 0, 3, 2, 0));
      queues.put("q0007", queue("q0007", null, 3, 0, 0));

      MessageTopologyStatus status = build();

      assertThat(status.queues())
          .hasSize(100)
          .extracting(QueueStatus::name)
          .startsWith("q0007", "q0500", "q0000", "q0001")
          .endsWith("q0098");
      assertThat(status.summary().queues()).isEqualTo("998/1000");
      assertThat(message(status, "TopologyDeclared"))
          .isEqualTo(
              "998/1000 queues are ready; 'q0007': The queue has no leader: it is unavailable");
    }

    @Test
    void ofAThousandAreNoNewStatusWhileNothingChanges() {
      manyQueues(1000);
      topology.setStatus(build());
      now = NOON.plusSeconds(60);

      assertThat(build()).isEqualTo(topology.getStatus());
    }
  }

  @Nested
  class APolicyOfSomebodyElse {

    APolicyOfSomebodyElse() {
      spec(
          "queues: [{name: hello, type: quorum, maxLength: 5}, {name: other, type: quorum,"
              + " maxLength: 5}, {name: plain, type: quorum}]");
      Map<String, Policy> policies = new TreeMap<>();
      policies.put("all", new Policy("all", ".*", "queues", 500, Map.of("expires", 1000)));
      topology
          .getSpec()
          .queues()
          .forEach(
              queue -> {
                queues.put(queue.name(), governed(queue.name(), "warren." + queue.name()));
                policies.put("warren." + queue.name(), DesiredDefinitions.policy(queue));
              });
      policies.remove("warren.plain");
      definitions = new BrokerDefinitions(Map.of(), Map.of(), Set.of(), policies, Map.of());
    }

    @Test
    void isReportedWithTheQueueAndTheSettingAndTheQueueStaysAvailable() {
      queues.put("other", governed("other", "all"));
      queues.put("plain", governed("plain", "all"));

      MessageTopologyStatus status = build();

      assertThat(conditions(status)).contains("TopologyDeclared=False/PolicyOverridden");
      assertThat(message(status, "TopologyDeclared"))
          .isEqualTo("Fields are overridden: 'other' by the policy 'all': max-length is not set");
      assertThat(status.queues())
          .extracting(QueueStatus::name, QueueStatus::overriddenBy, QueueStatus::message)
          .containsExactly(
              tuple("other", "policy 'all': max-length is not set", null),
              tuple("hello", null, null),
              tuple("plain", null, null));
      assertThat(status.summary().queues()).isEqualTo("3/3");
    }

    @Test
    void isOverWithIt() {
      queues.put("other", governed("other", "all"));
      topology.setStatus(build());
      queues.put("other", governed("other", "warren.other"));

      assertThat(conditions(build())).contains("TopologyDeclared=True/Declared");
      assertThat(build().queues()).extracting(QueueStatus::overriddenBy).containsOnlyNulls();
    }

    @Test
    void isStillKnownWhileTheBrokerDoesNotAnswer() {
      queues.put("other", governed("other", "all"));
      topology.setStatus(build());
      brokerIsSilent("no answer");

      assertThat(build().queues()).isEqualTo(topology.getStatus().queues());
    }

    @Test
    void doesNotHideWhatElseIsChangedByHand() {
      queues.put("other", governed("other", "all"));
      declared = new OwnershipRecord(Set.of(), Map.of("hello", Delete), Set.of());
      topology.setStatus(build());
      BrokerAction again = new DeclareQueue(new Queue("hello", "quorum", Map.of()));
      applied =
          new AppliedActions(Mode.ACT, List.of(), List.of(), List.of(again), List.of(), List.of());

      assertThat(build().drift()).extracting(DriftStatus::name).containsExactly("hello");
    }

    private QueueState governed(String name, String policy) {
      List<String> members = IntStream.range(0, 3).mapToObj(NAMES::brokerNode).toList();
      return new QueueState(
          name,
          Optional.of(members.getFirst()),
          members,
          members,
          0,
          0,
          0,
          new AppliedPolicies(Optional.of(policy), Optional.empty()));
    }
  }

  @Nested
  class Nodes {

    @Test
    void areListedWithTheirMachine() {
      assertThat(build().nodes().members())
          .containsExactly(
              new NodeStatus("orders-0", "Ready", "n0", null),
              new NodeStatus("orders-1", "Ready", "n1", null),
              new NodeStatus("orders-2", "Ready", "n2", null));
    }

    @Test
    void ofWhichOneHasTroubleSayWhichAndWhat() {
      podStatus.put(0, "{phase: Pending}");
      podStatus.put(
          2,
          "{containerStatuses: [{name: rabbitmq, state: {terminated: {exitCode: 1, message: bad"
              + " config}}}]}");

      MessageTopologyStatus status = build();

      assertThat(status.summary().nodes()).isEqualTo("1/3");
      assertThat(ready(status))
          .isEqualTo(
              "False/ContainerFailed: 1 of 3 nodes are ready; orders-2: Container rabbitmq ended"
                  + " with exit code 1: bad config");
    }

    @Test
    void thatAreStillToBeMadeAreMissing() {
      podStatus.remove(2);

      assertThat(ready(build())).isEqualTo("False/Starting: 2 of 3 nodes are ready");
    }

    @Test
    void thatRunOutOfMemorySayThatTheyBlockPublishers() {
      brokerNodes.put(1, new Node(NAMES.brokerNode(1), true, List.of("memory"), Optional.empty()));

      assertThat(ready(build()))
          .isEqualTo(
              "False/ResourceAlarm: 2 of 3 nodes are ready; orders-1: The node has run out of"
                  + " memory: publishers are blocked");
    }

    @ParameterizedTest
    @CsvSource({"3, Healthy", "2, Degraded", "1, Lost"})
    void standTogetherAsTheySay(int running, Quorum quorum) {
      for (int n = running; n < 3; n++) {
        brokerNodes.put(n, node(n, false));
      }

      assertThat(build().nodes().quorum()).isEqualTo(quorum);
    }
  }

  @Nested
  class Consumers {

    Consumers() {
      spec(
          "queues: [{name: hello, type: quorum}]",
          "consumers: [{name: worker, queue: hello, replicas: 2}]");
    }

    @Test
    void withAllTheirPodsAreReady() {
      deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");

      assertThat(build().consumers()).containsExactly(new ConsumerStatus("worker", 2, 2, null));
      assertThat(build().summary().consumers()).isEqualTo("1/1");
      assertThat(ready(build())).startsWith("True");
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
    void areNotReadyWhile(String seen, String deploymentStatus) {
      deployment(deploymentStatus);

      assertThat(ready(build())).startsWith("False/ConsumerNotReady: worker: ");
      assertThat(build().consumers().getFirst().message()).endsWith("of 2 Pods are ready");
    }

    @Test
    void thatAreStillToBeScaledAreNotReady() {
      deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");
      spec(
          "queues: [{name: hello, type: quorum}]",
          "consumers: [{name: worker, queue: hello, replicas: 3}]");

      assertThat(build().consumers())
          .containsExactly(new ConsumerStatus("worker", 3, 2, "2 of 3 Pods are ready"));
    }

    @Test
    void withoutADeploymentWaitForTheirQueue() {
      assertThat(build().consumers())
          .containsExactly(new ConsumerStatus("worker", 2, 0, "Waiting for its queue 'hello'"));
    }

    @Test
    void thatAQuotaKeepsFromHavingPodsSaySo() {
      deployment(
          "{observedGeneration: 4, replicas: 1, updatedReplicas: 1, readyReplicas: 1, conditions:"
              + " [{type: ReplicaFailure, status: 'True', message: 'pods \"x\" is forbidden:"
              + " exceeded quota'}]}");

      assertThat(build().consumers().getFirst().message())
          .isEqualTo("pods \"x\" is forbidden: exceeded quota");
    }

    @Test
    void whosePodsFailTellWhy() {
      deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2}");
      consumerPod("orders-worker-a", "worker", "{phase: Pending}");
      consumerPod(
          "orders-worker-b",
          "worker",
          "{containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff, message: no"
              + " such image}}}]}");
      consumerPod(
          "orders-other-a",
          "other",
          "{containerStatuses: [{name: app, state: {terminated: {exitCode: 1}}}]}");

      assertThat(build().consumers().getFirst().message())
          .isEqualTo("Container app: no such image");
    }

    @Test
    void ofWhichNoPodIsWantedAreReadyWithoutOne() {
      spec(
          "queues: [{name: hello, type: quorum}]",
          "consumers: [{name: worker, queue: hello, replicas: 0}]");
      deployment("{observedGeneration: 4}");
      deployments.getFirst().getSpec().setReplicas(0);

      assertThat(build().consumers()).containsExactly(new ConsumerStatus("worker", 0, 0, null));
      assertThat(ready(build())).startsWith("True");
    }

    @Test
    void ofTwoHundredAHundredAreListedTheWorstFirst() {
      spec(
          "queues: [{name: hello, type: quorum}]",
          "consumers: ["
              + IntStream.range(0, 200)
                  .mapToObj("{name: worker%03d, queue: hello, replicas: 1}"::formatted)
                  .collect(Collectors.joining(", "))
              + "]");
      for (int i = 0; i < 150; i++) {
        deployment(
            "orders-worker%03d".formatted(i),
            1,
            "{observedGeneration: 4, replicas: 1, updatedReplicas: 1, readyReplicas: 1}");
      }

      MessageTopologyStatus status = build();

      assertThat(status.consumers())
          .hasSize(100)
          .extracting(ConsumerStatus::name)
          .startsWith("worker150")
          .endsWith("worker049");
      assertThat(status.summary().consumers()).isEqualTo("150/200");
      assertThat(message(status, "ConsumersReady")).endsWith("; and 40 more");
    }
  }

  @Nested
  class DriftIsTold {

    private static final String REVISION = "warren.dev/revision";
    private final Queue hello = new Queue("hello", "quorum", Map.of());
    private final Binding binding = new Binding("amq.topic", "hello", "a", Map.of());
    private final Policy policy =
        new Policy("warren.hello", "^hello$", "quorum_queues", 100, Map.of("max-length", 100));

    DriftIsTold() {
      declared = new OwnershipRecord(Set.of("events"), Map.of("hello", Delete), Set.of(binding));
      definitions = definitions(hello);
      topology.setStatus(build());
    }

    @Test
    void whatWasMadeAgainOfThatWhichHadBeenDeclared() {
      definitions = definitions();
      did(
          new DeclareExchange(new Exchange("events", "topic", Map.of())),
          new DeclareQueue(hello),
          new PutPolicy(policy),
          new PutUser("app", "secret"));

      assertThat(build().drift())
          .extracting(DriftStatus::kind, DriftStatus::name, DriftStatus::what, DriftStatus::count)
          .containsExactly(
              tuple("Exchange", "events", "It was deleted", 1),
              tuple("Queue", "hello", "It was deleted", 1),
              tuple("Policy", "warren.hello", "It was deleted", 1),
              tuple("User", "app", "It was deleted", 1));
      assertThat(build().drift().getFirst().lastAt()).isEqualTo("2026-01-01T12:00:00Z");
    }

    @Test
    void aQueueThatWasDeletedWhileItWasLookedAt() {
      queues.clear();
      topology.setStatus(build());
      definitions = definitions();
      did(new DeclareQueue(hello));

      assertThat(build().drift()).extracting(DriftStatus::name).containsExactly("hello");
    }

    @Test
    void aBindingOnlyIfItDidNotGoWithItsQueue() {
      did(new Bind(binding));
      assertThat(build().drift())
          .extracting(DriftStatus::name)
          .containsExactly("'amq.topic' to 'hello' by 'a'");

      definitions = definitions();
      assertThat(build().drift()).isNull();
    }

    @Test
    void whatASettingWas() {
      definitions =
          new BrokerDefinitions(
              Map.of(),
              Map.of("hello", hello),
              Set.of(),
              Map.of(
                  "warren.hello",
                  new Policy(
                      "warren.hello",
                      "^hello$",
                      "quorum_queues",
                      100,
                      Map.of("max-length", 10, "message-ttl", 5))),
              Map.of());
      did(new PutPolicy(policy));

      assertThat(build().drift())
          .extracting(DriftStatus::what)
          .containsExactly(
              "max-length was 10 and is 100 again; message-ttl was 5 and is absent again");
    }

    @Test
    void theSameThingOnceWithACountTheNewestFirstAndAtMostTwenty() {
      List<BrokerAction> many = new ArrayList<>();
      Map<String, QueueDeletion> queues = new TreeMap<>();
      for (int i = 0; i < 25; i++) {
        many.add(new DeclareQueue(new Queue("q" + i, "quorum", Map.of())));
        queues.put("q" + i, Delete);
      }
      declared = new OwnershipRecord(Set.of(), queues, Set.of());
      did(many.toArray(BrokerAction[]::new));
      MessageTopologyStatus first = build();
      assertThat(first.drift()).hasSize(20);

      topology.setStatus(withDrift(first));
      now = NOON.plusSeconds(60);
      did(new DeclareQueue(new Queue("q7", "quorum", Map.of())));

      assertThat(build().drift())
          .hasSize(20)
          .first()
          .isEqualTo(new DriftStatus("Queue", "q7", "It was deleted", 2, "2026-01-01T12:01:00Z"));
    }

    @Test
    void itStaysInTheStatusAndIsOneEvent() {
      definitions = definitions();
      did(new DeclareQueue(hello));
      MessageTopologyStatus before = topology.getStatus();
      MessageTopologyStatus after = build();
      assertThat(Transition.between(before, after))
          .contains(
              new Transition(
                  true, Reason.DRIFT_REPAIRED, "Queue hello was restored: It was deleted"));

      topology.setStatus(after);
      did();
      assertThat(build().drift()).isEqualTo(after.drift());
      assertThat(Transition.between(after, build()))
          .extracting(Transition::reason)
          .doesNotContain(Reason.DRIFT_REPAIRED);
    }

    @Test
    void notWhatIsDeclaredForTheFirstTime() {
      topology.setStatus(null);
      did(new DeclareQueue(hello));
      assertThat(build().drift()).isNull();
    }

    @Test
    void notWhatIsNotOnRecord() {
      declared = OwnershipRecord.NOTHING;
      did(new DeclareQueue(hello));
      assertThat(build().drift()).isNull();
    }

    @Test
    void notAChangeOfTheResource() {
      changeSpec("queues: [{name: hello, type: quorum, maxLength: 100}]");
      did(new PutPolicy(policy));
      assertThat(build().drift()).isNull();
    }

    @Test
    void notWhatALostNodeTookWithIt() {
      nodeProblems.add(new Problem(Reason.NODE_LEAVING, "orders-1 is lost"));
      topology.setStatus(build());
      nodeProblems.clear();
      did(new DeclareQueue(hello));
      assertThat(build().drift()).isNull();
    }

    @Test
    void anObjectInKubernetesThatWasChangedOrDeletedButNotOneThatIsNewlyWanted() {
      Deployment desired = deploymentOfRevision("b");
      deployments.add(deploymentOfRevision("b"));
      applied =
          new AppliedActions(
              Mode.ACT,
              List.of(),
              List.of(new Create(service(), "it does not exist")),
              List.of(),
              List.of(new Apply(desired, "spec.replicas differs from the desired state")),
              List.of());

      assertThat(build().drift())
          .extracting(DriftStatus::kind, DriftStatus::name, DriftStatus::what)
          .containsExactly(
              tuple("Service", "orders", "It was deleted, or its labels were removed"),
              tuple("Deployment", "orders-worker", "spec.replicas differs from the desired state"));

      deployments.clear();
      deployments.add(deploymentOfRevision("a"));
      assertThat(build().drift()).extracting(DriftStatus::kind).containsExactly("Service");
    }

    private Deployment deploymentOfRevision(String revision) {
      Deployment deployment = new Deployment();
      deployment.setMetadata(
          new ObjectMetaBuilder()
              .withName("orders-worker")
              .addToAnnotations(REVISION, revision)
              .build());
      return deployment;
    }

    private Service service() {
      Service service = new Service();
      service.setMetadata(new ObjectMetaBuilder().withName("orders").build());
      return service;
    }

    private void did(BrokerAction... actions) {
      applied =
          new AppliedActions(
              Mode.ACT, List.of(), List.of(), List.of(actions), List.of(), List.of());
    }

    private BrokerDefinitions definitions(Queue... there) {
      return new BrokerDefinitions(
          Map.of(),
          Stream.of(there).collect(Collectors.toMap(Queue::name, queue -> queue)),
          Set.of(),
          Map.of(),
          Map.of());
    }

    /** The conditions of the last one, which was complete, and this drift. */
    private MessageTopologyStatus withDrift(MessageTopologyStatus status) {
      MessageTopologyStatus last = topology.getStatus();
      return new MessageTopologyStatus(
          last.observedGeneration(),
          last.conditions(),
          last.summary(),
          last.nodes(),
          last.queues(),
          last.messagesCountedAt(),
          last.binding(),
          last.consumers(),
          null,
          status.drift(),
          null,
          null);
    }
  }

  @Nested
  class WhatIsRetained {

    @Test
    void isShownWithItsMessagesWhileTheResourceIsReady() {
      queues.put("old", queue("old", 0, 3, 3, 1234));
      retained(new Retained("Queue", "old", "It has messages"));

      MessageTopologyStatus status = build();

      assertThat(status.retained())
          .containsExactly(new RetainedStatus("Queue", "old", 1200L, "It has messages"));
      assertThat(ready(status)).startsWith("True");
    }

    @Test
    void movesItsCountAtMostEveryThirtySeconds() {
      queues.put("old", queue("old", 0, 3, 3, 1234));
      retained(new Retained("Queue", "old", "It has messages"));
      topology.setStatus(build());
      queues.put("old", queue("old", 0, 3, 3, 99));

      now = NOON.plusSeconds(29);
      assertThat(build().retained().getFirst().messages()).isEqualTo(1200L);
      now = NOON.plusSeconds(30);
      assertThat(build().retained().getFirst().messages()).isEqualTo(99L);
    }

    @Test
    void staysKnownWhileTheBrokerDoesNotAnswer() {
      retained(new Retained("Exchange", "events", "It has bindings"));
      topology.setStatus(build());
      brokerIsSilent("no answer");
      applied = AppliedActions.NONE;

      assertThat(build().retained())
          .containsExactly(new RetainedStatus("Exchange", "events", null, "It has bindings"));
    }

    private void retained(Retained... kept) {
      applied =
          new AppliedActions(Mode.ACT, List.of(), List.of(), List.of(), List.of(), List.of(kept));
    }
  }

  @Nested
  class Pause {

    @Test
    void isShownAndDoesNotMakeUnreadyWhatIsReady() {
      applied = AppliedActions.held(Mode.PAUSED, List.of(), List.of());

      MessageTopologyStatus status = build();

      assertThat(conditions(status))
          .startsWith("Ready=True/AllReady")
          .endsWith("Paused=True/Paused");
      assertThat(status.plan()).isNull();
      topology.setStatus(status);
      applied = AppliedActions.NONE;
      assertThat(conditions(build())).noneMatch(condition -> condition.startsWith("Paused"));
    }

    @Test
    void ofAValueWithoutMeaningHoldsAndSaysSo() {
      applied = AppliedActions.held(Mode.UNKNOWN, List.of(), List.of());

      assertThat(condition(build(), "Paused").getReason()).isEqualTo("UnknownMode");
    }

    @Test
    void showsWhatRemainsToBeDoneAsNotReady() {
      ReconcilePlan plan =
          new ReconcilePlan(
              List.of(),
              Optional.empty(),
              List.of(),
              BrokerStep.inOrder(
                  List.of(
                      new Bind(new Binding("amq.topic", "hello", "a", Map.of())),
                      new Unbind(new Binding("amq.topic", "hello", "b", Map.of())))),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              Optional.empty());

      MessageTopologyStatus status =
          StatusBuilder.build(
              topology, ReconcileResult.held(Mode.PLAN, plan, observation(), List.of()));

      assertThat(ready(status))
          .isEqualTo(
              "False/Paused: 2 changes wait until the annotation warren.dev/reconcile is removed."
                  + " The first: bind 'amq.topic' to 'hello' by 'a'");
      assertThat(status.plan())
          .containsExactly(
              "bind 'amq.topic' to 'hello' by 'a'", "unbind 'amq.topic' to 'hello' by 'b'");
      assertThat(conditions(status)).endsWith("Paused=True/PlanOnly");
    }

    @Test
    void aLongPlanIsShownInPart() {
      List<String> planned = IntStream.range(0, 53).mapToObj("do %d"::formatted).toList();
      applied = AppliedActions.held(Mode.PLAN, planned, List.of());

      assertThat(build().plan()).hasSize(51).startsWith("do 0").endsWith("do 49", "and 3 more");
    }

    @Test
    void aPlanOfNothingSaysSo() {
      applied = AppliedActions.held(Mode.PLAN, List.of(), List.of());

      assertThat(build().plan()).containsExactly("nothing");
    }
  }

  @Nested
  class ScaledConsumers {

    ScaledConsumers() {
      scaledBetween(0, 6);
      deployment("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");
      load(Decisions.of(2), NOON, null);
    }

    @Test
    void tellWhyTheyHaveSoManyPods() {
      assertThat(build().consumers())
          .containsExactly(
              new ConsumerStatus(
                  "worker",
                  2,
                  2,
                  null,
                  new ScalingStatus(120.0, 25.0, 5700L, "47s", "load for 2", null)));
      assertThat(conditions(build())).contains("ScalingActive=True/FollowingLoad");
    }

    @ParameterizedTest
    @CsvSource({
      "AT_MAXIMUM, 'worker needs more Pods than its maxReplicas, 6'",
      "INEFFECTIVE, 'worker is not scaled up for now: the last scale-up was ineffective'",
      "SINGLE_ACTIVE_CONSUMER, 'worker needs more Pods, but its queue has a single active consumer'"
    })
    void tellWhatKeepsThemFromGrowingAndAreNoLessReady(
        ScalingDecision.Reason reason, String message) {
      assertThat(conditions(build())).contains("ScalingLimited=False/AsNeeded");
      load(decision(2, 900, reason), NOON, null);

      MessageTopologyStatus status = build();
      assertThat(conditions(status)).contains("ScalingLimited=True/TooFewPods");
      assertThat(message(status, "ScalingLimited")).isEqualTo(message);
      assertThat(ready(status)).startsWith("True");

      topology.setStatus(status);
      load(decision(2, 900, ScalingDecision.Reason.HOLDING_UNKNOWN), NOON, "no answer");
      assertThat(conditions(build())).contains("ScalingLimited=True/TooFewPods");
    }

    @Test
    void haveFiguresThatAreRefreshedEveryHalfMinute() {
      MessageTopologyStatus first = build();
      topology.setStatus(first);
      load(decision(2, 900), NOON.plusSeconds(30), null);

      now = NOON.plusSeconds(29);
      assertThat(build()).isEqualTo(first);
      now = NOON.plusSeconds(30);
      MessageTopologyStatus second = build();
      assertThat(scaling(second).backlog()).isEqualTo(900);
      assertThat(second.messagesCountedAt()).isEqualTo("2026-01-01T12:00:30Z");
      topology.setStatus(second);
      load(decision(2, 1000), NOON.plusSeconds(59), null);
      now = NOON.plusSeconds(59);
      assertThat(build()).isEqualTo(second);
    }

    @Test
    void thatNobodyMeasuresAnyMoreAreTold() {
      topology.setStatus(build());
      now = NOON.plusSeconds(16);

      assertThat(message(build(), "ScalingActive"))
          .isEqualTo("worker keeps its number of Pods: The broker was not queried");
    }

    @Test
    void tellAtOnceThatTheyAreScaledAndRememberWhen() {
      topology.setStatus(build());
      load(Decisions.of(5), NOON, null);
      now = NOON.plusSeconds(7);

      ConsumerStatus scaled = build().consumers().getFirst();

      assertThat(scaled.replicas()).isEqualTo(5);
      assertThat(scaled.scaling().reason()).isEqualTo("load for 5");
      assertThat(scaled.scaling().lastScaleTime()).isEqualTo("2026-01-01T12:00:07Z");
      topology.setStatus(build());
      now = NOON.plusSeconds(60);
      load(Decisions.of(5), now, null);
      assertThat(scaling(build()).lastScaleTime()).isEqualTo("2026-01-01T12:00:07Z");
    }

    @Test
    void areReadyWhileMorePodsStart() {
      topology.setStatus(build());
      load(Decisions.of(5), NOON, null);
      consumerPod("orders-worker-a", "worker", "{phase: Pending}");

      deploymentIs("{observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2}");
      assertThat(ready(build())).startsWith("True");
      deploymentIs("{observedGeneration: 4, replicas: 5, updatedReplicas: 5, readyReplicas: 2}");
      assertThat(ready(build())).startsWith("True");
    }

    @Test
    void areReadyWithoutAPodWhenThereIsNothingToDo() {
      load(Decisions.of(0), NOON, null);
      deploymentIs("{observedGeneration: 4}");

      assertThat(ready(build())).startsWith("True");
      assertThat(build().consumers().getFirst().replicas()).isZero();
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
    void areNotReadyWhile(String seen, String deploymentStatus) {
      scaledBetween(1, 6);
      deploymentIs(deploymentStatus);

      assertThat(ready(build())).startsWith("False/ConsumerNotReady: worker: ");
    }

    @Test
    void ofWhichAPodFailsAreNotReady() {
      deploymentIs("{observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 1}");
      consumerPod(
          "orders-worker-b",
          "worker",
          "{containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff, message: no"
              + " such image}}}]}");

      assertThat(ready(build()))
          .isEqualTo("False/ConsumerNotReady: worker: Container app: no such image");
    }

    @Test
    void whoseLoadIsUnknownForAMomentAreNoNews() {
      topology.setStatus(build());
      load(Decisions.holding(2), NOON, "no answer");
      now = NOON.plusSeconds(15);

      assertThat(build()).isEqualTo(topology.getStatus());
    }

    @Test
    void whoseLoadIsUnknownForLongSayWhyAndAreNoLessReady() {
      topology.setStatus(build());
      load(Decisions.holding(2), NOON, "no answer");
      now = NOON.plusSeconds(16);

      MessageTopologyStatus status = build();

      assertThat(conditions(status))
          .contains("ScalingActive=False/LoadUnknown", "ScalingLimited=Unknown/LoadUnknown");
      assertThat(message(status, "ScalingActive"))
          .isEqualTo("worker keeps its number of Pods: no answer");
      assertThat(ready(status)).startsWith("True");
      assertThat(status.consumers().getFirst().replicas()).isEqualTo(2);
    }

    @Test
    void whoseLoadWasNeverMeasuredSaySoUnlessItWasKnownToAnEarlierOperator() {
      topology.setStatus(build());
      scaling = ScalingObservation.NONE;
      assertThat(build()).isEqualTo(topology.getStatus());

      topology.setStatus(null);
      MessageTopologyStatus status = build();
      assertThat(conditions(status)).contains("ScalingActive=Unknown/NotMeasuredYet");
      assertThat(scaling(status).reason()).isEqualTo("The load has not been measured yet");
    }

    @Test
    void ofAFixedNumberHaveNoSuchCondition() {
      spec(
          "queues: [{name: hello, type: quorum}]",
          "consumers: [{name: worker, queue: hello, replicas: 2}]");

      assertThat(conditions(build())).noneMatch(text -> text.startsWith("Scaling"));
      assertThat(scaling(build())).isNull();
    }

    private void scaledBetween(int least, int most) {
      spec(
          "queues: [{name: hello, type: quorum}]",
          "consumers: [{name: worker, queue: hello, replicas: 9, scaling: {minReplicas: %d, maxReplicas: %d}}]"
              .formatted(least, most));
    }

    private void deploymentIs(String status) {
      deployments.clear();
      deployment(status);
    }

    private void load(ScalingDecision decision, Instant knownAt, String unknownBecause) {
      scaling =
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

  @Nested
  class Endpoints {

    private static final String NO_GATEWAY =
        "{phase: Running, conditions: [{type: Ready, status: 'False'},"
            + " {type: ContainersReady, status: 'False'}], containerStatuses:"
            + " [{name: rabbitmq, ready: true, state: {running: {}}},"
            + " {name: gateway, ready: false, state: %s}]}";

    Endpoints() {
      spec(
          "queues: [{name: hello, type: quorum}]",
          "endpoints: {requestReply: [{name: echo, port: 10000, queue: hello, framing: Raw,"
              + " timeout: 5s, maxMessageSize: 64Ki, maxConnections: 1, maxInFlight: 1,"
              + " idleTimeout: 60s}], publish: {port: 8080, timeout: 10s, maxMessageSize: 1Mi,"
              + " maxInFlight: 1}}");
      told = GatewayConfig.revision(topology.getSpec());
      containers = "[{name: rabbitmq}, {name: gateway}]";
      services.add(service("{name: tcp-echo, port: 10000}, {name: http-publish, port: 8080}"));
    }

    @Test
    void areReadyWhenANodeServesThem() {
      podStatus.put(0, NO_GATEWAY.formatted("{running: {}}"));
      podStatus.put(1, NO_GATEWAY.formatted("{running: {}}"));

      MessageTopologyStatus status = build();

      assertThat(status.endpoints())
          .containsExactly(
              new EndpointStatus(
                  "echo", EndpointType.RequestReply, "orders.shop.svc:10000", true, null),
              new EndpointStatus(
                  "publish", EndpointType.Publish, "orders.shop.svc:8080", true, null));
      assertThat(status.summary().endpoints()).isEqualTo("2/2");
      assertThat(message(status, "EndpointsReady")).isEqualTo("2/2 endpoints are ready");
    }

    @Test
    void thatNoNodeServesAreNot() {
      for (int n = 0; n < 3; n++) {
        podStatus.put(n, NO_GATEWAY.formatted("{running: {}}"));
      }

      assertThat(build().endpoints()).extracting(EndpointStatus::ready).containsOnly(false);
      assertThat(condition(build(), "EndpointsReady").getReason()).isEqualTo("EndpointNotReady");
      assertThat(message(build(), "EndpointsReady"))
          .isEqualTo(
              "echo: No queue node's gateway is ready; publish: No queue node's gateway is ready");
    }

    @Test
    void areNotReadyWhileTheNodesAreStillToGetTheirGateway() {
      containers = "[{name: rabbitmq}]";

      assertThat(ready(build()))
          .startsWith("False/EndpointNotReady: echo: No queue node's gateway is ready");
    }

    @Test
    void thatTheGatewaysHaveYetToBeToldAreNotReady() {
      told = "what an earlier spec said";

      assertThat(ready(build()))
          .startsWith(
              "False/EndpointNotReady: echo: The gateways do not have their configuration yet");
    }

    @Test
    void thatTheServiceDoesNotLeadToAreNotReady() {
      services.clear();
      services.add(service("{name: tcp-echo, port: 10000}"));

      assertThat(ready(build()))
          .isEqualTo("False/EndpointNotReady: publish: Service orders has no such port yet");
    }

    @Test
    void whoseQueueNobodyLeadsAreNotReady() {
      queues.put("hello", queue("hello", null, 3, 1, 0));

      assertThat(build().endpoints())
          .extracting(EndpointStatus::ready, EndpointStatus::message)
          .containsExactly(
              tuple(false, "Its queue 'hello' does not exist or has no leader"), tuple(true, null));
    }

    /** The gateways know better. */
    @Test
    void areReadyAlthoughTheOperatorCannotReachTheBroker() {
      brokerIsSilent("no answer");

      assertThat(build().endpoints()).extracting(EndpointStatus::ready).containsOnly(true);
    }

    @Test
    void aNodeThatLacksNothingButItsGatewayIsToldApart() {
      podStatus.put(
          1, NO_GATEWAY.formatted("{waiting: {reason: ImagePullBackOff, message: no such image}}"));

      MessageTopologyStatus status = build();

      assertThat(status.nodes().members().get(1))
          .isEqualTo(
              new NodeStatus(
                  "orders-1",
                  "GatewayNotReady",
                  "n1",
                  "RabbitMQ is ready, but the gateway beside it is not: Container gateway: no such"
                      + " image"));
      assertThat(status.summary().nodes()).isEqualTo("2/3");
      assertThat(ready(status)).startsWith("False/GatewayNotReady: 2 of 3 nodes are ready");
      assertThat(status.endpoints()).extracting(EndpointStatus::ready).containsOnly(true);
    }

    @Test
    void aNodeWhoseRabbitMqIsNotReadyIsNoMatterOfItsGateway() {
      podStatus.put(
          1,
          NO_GATEWAY
              .formatted("{running: {}}")
              .replace("rabbitmq, ready: true", "rabbitmq, ready: false"));

      assertThat(build().nodes().members().get(1).state()).isEqualTo("Starting");
    }

    private Service service(String ports) {
      return Serialization.unmarshal(
          "kind: Service\napiVersion: v1\nmetadata: {name: orders}\nspec: {ports: [%s]}"
              .formatted(ports),
          Service.class);
    }
  }

  private MessageTopologyStatus build() {
    Observation observed = observation();
    return StatusBuilder.build(
        topology,
        violations.isEmpty()
            ? new ReconcileResult(
                observed,
                List.of(),
                nodeProblems,
                topologyProblems,
                consumerProblems,
                Optional.empty(),
                applied)
            : ReconcileResult.invalid(Mode.ACT, observed, violations));
  }

  private Observation observation() {
    SortedMap<Integer, QueueNode> nodes = new TreeMap<>();
    podStatus.forEach((n, status) -> nodes.put(n, queueNode(n, status)));
    leftOver.ifPresent(
        n ->
            nodes.put(
                n,
                new QueueNode(
                    n,
                    Optional.empty(),
                    Optional.of(
                        pod(
                            "{name: %s, deletionTimestamp: '2026-01-01T11:00:00Z', labels: {app.kubernetes.io/component: lost-queue-node}}"
                                .formatted(NAMES.node(n)),
                            "{nodeName: n9}",
                            READY)))));
    Map<String, Node> byName =
        brokerNodes.values().stream().collect(Collectors.toMap(Node::name, node -> node));
    BrokerObservation broker =
        unreachable != null
            ? unreachable
            : new Reachable(
                definitions, byName, queues, declared, Map.of(), Set.of(), false, Set.of());
    return new Observation(
        new ObservedObjects(Stream.concat(deployments.stream(), services.stream()).toList()),
        nodes,
        2,
        consumerPods,
        broker,
        Map.of(),
        Map.of(),
        Set.of(),
        Map.of(),
        scaling,
        BrokerWork.NONE,
        now);
  }

  private void brokerIsSilent(String reason) {
    unreachable = new Unreachable(reason);
    topologyProblems.add(new Problem(Reason.BROKER_UNREACHABLE, reason));
  }

  private void manyQueues(int number) {
    List<String> names = IntStream.range(0, number).mapToObj("q%04d"::formatted).toList();
    spec(
        "queues: ["
            + names.stream()
                .map("{name: %s, type: quorum}"::formatted)
                .collect(Collectors.joining(", "))
            + "]");
    queues.clear();
    names.forEach(name -> queues.put(name, queue(name, 0, 3, 3, 0)));
  }

  private void changeSpec(String... sections) {
    topology.getMetadata().setGeneration(topology.getMetadata().getGeneration() + 1);
    spec(sections);
  }

  private void spec(String... sections) {
    String text = String.join("\n", sections);
    topology.setSpec(
        Serialization.unmarshal(
            (text.startsWith("nodes:") ? "" : "nodes: {replicas: 3}\n") + text,
            MessageTopologySpec.class));
  }

  private static QueueState queue(
      String name, Integer leader, int members, int online, long messages) {
    List<String> nodes = IntStream.range(0, members).mapToObj(NAMES::brokerNode).toList();
    return new QueueState(
        name,
        Optional.ofNullable(leader).map(NAMES::brokerNode),
        nodes,
        nodes.subList(0, online),
        messages,
        0,
        0);
  }

  private static Node node(int n, boolean running) {
    return new Node(NAMES.brokerNode(n), running, List.of(), Optional.empty());
  }

  private QueueNode queueNode(int n, String status) {
    return new QueueNode(
        n,
        Optional.of(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(NAMES.volume(n))
                .endMetadata()
                .build()),
        Optional.of(
            pod(
                """
                {name: %s, labels: {app.kubernetes.io/component: queue-node, warren.dev/in-service: 'true'},
                 annotations: {warren.dev/gateway-config-revision: '%s'}}"""
                    .formatted(NAMES.node(n), told),
                "{nodeName: %s, containers: %s}"
                    .formatted(machines.getOrDefault(n, "n" + n), containers),
                status)));
  }

  private void consumerPod(String name, String consumer, String status) {
    consumerPods.add(
        pod(
            "{name: %s, labels: {warren.dev/consumer: %s}}".formatted(name, consumer),
            "{}",
            status));
  }

  private static Pod pod(String metadata, String spec, String status) {
    return Serialization.unmarshal(
        "kind: Pod\napiVersion: v1\nmetadata: %s\nspec: %s\nstatus: %s"
            .formatted(metadata, spec, status),
        Pod.class);
  }

  private void deployment(String status) {
    deployment("orders-worker", 2, status);
  }

  /** Of generation 4. */
  private void deployment(String name, int replicas, String status) {
    deployments.add(
        Serialization.unmarshal(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %s, generation: 4}
            spec: {replicas: %d}
            status: %s
            """
                .formatted(name, replicas, status),
            Deployment.class));
  }

  private static List<String> conditions(MessageTopologyStatus status) {
    return status.conditions().stream()
        .map(c -> "%s=%s/%s".formatted(c.getType(), c.getStatus(), c.getReason()))
        .toList();
  }

  private static Condition condition(MessageTopologyStatus status, String type) {
    return Conditions.find(status, ConditionType.of(type).orElseThrow()).orElseThrow();
  }

  private static String message(MessageTopologyStatus status, String type) {
    return condition(status, type).getMessage();
  }

  private static String ready(MessageTopologyStatus status) {
    Condition ready = condition(status, "Ready");
    return "%s/%s: %s".formatted(ready.getStatus(), ready.getReason(), ready.getMessage());
  }

  private String since(String type) {
    return condition(topology.getStatus(), type).getLastTransitionTime();
  }
}
