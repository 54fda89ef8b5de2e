package dev.warren.operator.execute;

import static dev.warren.operator.execute.PlanExecution.declarations;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.operator.ApiServer;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.PutRecord;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.Problem;
import dev.warren.operator.action.Retained;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.Reason;
import dev.warren.operator.status.ReconcileResult;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is done and reported when part of a plan is refused. */
@Tag("apiserver")
class PlanExecutorApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private final KubernetesClient client = server.client();
  private final PlanExecution execution = new PlanExecution(server);

  @Test
  void aRefusedChangeIsReportedFirstAndLaterOnesAreNotTried() {
    execution.takeName("b");

    ReconcileResult result =
        execution.carryOut(List.of(), execution.creations("a", "b", "c"), List.of(), List.of());

    assertThat(result.nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.NAME_TAKEN, Reason.UPDATING);
    assertThat(execution.configMap("a")).isNotNull();
    assertThat(execution.configMap("c")).isNull();
  }

  @Test
  void nodesAreNotCreatedWithoutTheObjectsThatTheyNeed() {
    execution.takeName("b");

    ReconcileResult result =
        execution.carryOut(
            execution.creations("a", "b"), execution.creations("c"), List.of(), List.of());

    assertThat(result.nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.NAME_TAKEN);
    assertThat(execution.configMap("c")).isNull();
  }

  @Test
  void creatingWhatNodesNeedDoesNotMakeThemUnready() {
    assertThat(
            execution
                .carryOut(execution.creations("a"), List.of(), List.of(), List.of())
                .nodeProblems())
        .isEmpty();
  }

  @Test
  void aRefusedConsumerDoesNotBlockOthers() {
    execution.takeName("a");

    ReconcileResult result =
        execution.carryOut(List.of(), List.of(), List.of(), execution.creations("a", "b"));

    assertThat(result.consumerProblems())
        .extracting(Problem::message)
        .containsExactly(
            "ConfigMap a exists and belongs to no MessageTopology", "ConfigMap b is being updated");
  }

  @Test
  void aRefusedQueueDoesNotBlockOthers() {
    execution.broker().fail("a", new BrokerException(Kind.REFUSED, "no"));

    ReconcileResult result =
        execution.carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(result.topologyProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.REFUSED);
    assertThat(execution.broker().applied()).containsExactly("b");
  }

  @Test
  void aFailedQueueDoesNotBlockOthers() {
    execution.broker().fail("a", new BrokerException(Kind.FAILED, "HTTP status 500"));

    ReconcileResult result =
        execution.carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(result.topologyProblems())
        .containsExactly(
            new Problem(Reason.BROKER_ERROR, "cannot declare quorum queue 'a': HTTP status 500"));
    assertThat(execution.broker().applied()).containsExactly("b");
  }

  @Test
  void aQueueWithoutAnAnswerDoesNotBlockOthers() {
    execution.broker().fail("a", new BrokerException(Kind.UNAVAILABLE, "no answer"));

    ReconcileResult result =
        execution.carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(result.topologyProblems())
        .containsExactly(new Problem(Reason.BROKER_UNREACHABLE, "no answer"));
    assertThat(execution.broker().applied()).containsExactly("b");
  }

  @Test
  void aBrokerThatTwiceDoesNotAnswerIsNotAskedAgainInThePass() {
    execution.broker().fail("a", new BrokerException(Kind.UNAVAILABLE, "no answer"));
    execution.broker().fail("b", new BrokerException(Kind.UNAVAILABLE, "no answer"));

    execution.carryOut(List.of(), List.of(), declarations("a", "b", "c"), List.of());

    assertThat(execution.broker().applied()).isEmpty();
  }

  /** By a quota of load balancers, for example. */
  @Test
  void nodesAreCreatedAlthoughTheServiceForClientsIsRefused() {
    Service clients = service("clients", null);
    client.resource(service("clients", null)).create();

    ReconcileResult result =
        execution.carryOut(
            List.of(new Create(clients, "missing")),
            execution.creations("a"),
            List.of(),
            List.of());

    assertThat(result.nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.NAME_TAKEN, Reason.UPDATING);
    assertThat(execution.configMap("a")).isNotNull();
  }

  @Test
  void nodesAreNotCreatedWithoutTheServiceOfTheirNames() {
    client.resource(service("names", "None")).create();

    execution.carryOut(
        List.of(new Create(service("names", "None"), "missing")),
        execution.creations("a"),
        List.of(),
        List.of());

    assertThat(execution.configMap("a")).isNull();
  }

  private Service service(String name, String clusterIp) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(execution.namespace())
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

  /** Each change takes two seconds here. */
  @Test
  void manyQueuesAreDeclaredInSeveralPassesSoThatTheStatusShowsProgress() {
    ReconcileResult result =
        execution.carryOut(List.of(), List.of(), declarations("a", "b", "c", "d", "e"), List.of());

    assertThat(execution.broker().applied()).containsExactly("a", "b", "c");
    assertThat(result.topologyProblems())
        .containsExactly(new Problem(Reason.DECLARING, "2 of 5 changes are pending"));
  }

  @Test
  void nothingIsDeclaredWhenItsRecordIsRefused() {
    PutRecord record = new PutRecord(OwnershipRecord.NOTHING);
    execution.broker().fail(record.describe(), new BrokerException(Kind.REFUSED, "too large"));

    ReconcileResult result =
        execution.carryOut(
            List.of(),
            List.of(),
            Stream.concat(Stream.of(record), declarations("a").stream()).toList(),
            List.of());

    assertThat(execution.broker().applied()).isEmpty();
    assertThat(result.topologyProblems())
        .containsExactly(
            new Problem(Reason.REFUSED, "cannot record what this resource declares: too large"));
  }

  @Test
  void aQueueInUseIsRetainedAndDoesNotBlockOthers() {
    RemoveQueue removal = new RemoveQueue("old", true);
    execution
        .broker()
        .fail(removal.describe(), new BrokerException(Kind.IN_USE, "It has consumers"));

    ReconcileResult result =
        execution.carryOut(
            List.of(),
            List.of(),
            Stream.concat(Stream.of(removal), declarations("a").stream()).toList(),
            List.of());

    assertThat(execution.broker().applied()).containsExactly("a");
    assertThat(result.applied().retained())
        .containsExactly(new Retained("Queue", "old", "It has consumers"));
    assertThat(result.applied().broker()).hasSize(1);
  }

  @Test
  void aRetainedQueueLeavesTheTopologyDeclared() {
    RemoveQueue removal = new RemoveQueue("old", true);
    execution
        .broker()
        .fail(removal.describe(), new BrokerException(Kind.IN_USE, "It has consumers"));

    ReconcileResult result = execution.carryOut(List.of(), List.of(), List.of(removal), List.of());

    assertThat(result.topologyProblems()).isEmpty();
  }

  @Test
  void aLongActionRunsBesideThePassAndLaterOnesWait() {
    execution.setExecutor(run -> execution.clock().advance(Duration.ofSeconds(6)));

    ReconcileResult result =
        execution.carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(execution.broker().applied()).isEmpty();
    assertThat(result.topologyProblems())
        .extracting(Problem::reason, Problem::message)
        .containsExactly(
            tuple(Reason.DECLARING, "2 of 2 changes are pending"),
            tuple(
                Reason.IN_PROGRESS,
                "declare quorum queue 'a': in progress since " + TestClock.BEGIN));
    assertThat(result.nodeProblems()).isEmpty();
  }

  @Test
  void aLongActionOnANodeIsReportedForTheNodes() {
    execution.setExecutor(run -> execution.clock().advance(Duration.ofSeconds(6)));

    ReconcileResult result =
        execution.carryOut(
            List.of(), List.of(), List.of(new BrokerAction.StopNode("rabbit@a")), List.of());

    assertThat(result.topologyProblems()).isEmpty();
    assertThat(result.nodeProblems())
        .extracting(Problem::reason)
        .containsExactly(Reason.IN_PROGRESS);
  }

  @Test
  void anActionUntriedWithTheBrokersVersionIsReported() {
    execution.broker().fail("a", new BrokerException(Kind.UNTRIED, "RabbitMQ 4.4.0 runs"));

    ReconcileResult result =
        execution.carryOut(List.of(), List.of(), declarations("a", "b"), List.of());

    assertThat(result.topologyProblems())
        .containsExactly(
            new Problem(
                Reason.UNTRIED_VERSION, "cannot declare quorum queue 'a': RabbitMQ 4.4.0 runs"));
    assertThat(execution.broker().applied()).containsExactly("b");
  }

  /** Only the next pass observes the changes. */
  @Test
  void aPassThatChangedTheBrokerDoesNotReportItDeclared() {
    ReconcileResult result = execution.carryOut(List.of(), List.of(), declarations("a"), List.of());

    assertThat(result.topologyProblems())
        .containsExactly(new Problem(Reason.DECLARING, "Waiting to observe the applied changes"));
  }
}
