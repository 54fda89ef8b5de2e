package dev.warren.operator.execute;

import static dev.warren.operator.execute.PlanExecution.declarations;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.ApiServer;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.BrokerActions;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.action.KubernetesAction.Replace;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import dev.warren.operator.status.ReconcileResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The record of the nodes is written before anything destructive is done. */
@Tag("apiserver")
class RecordBeforeActApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private static final BrokerAction STOP = new StopNode("rabbit@a");

  private final KubernetesClient client = server.client();
  private final PlanExecution execution = new PlanExecution(server);

  static Stream<BrokerAction> destructive() {
    return BrokerActions.destructive().stream();
  }

  @ParameterizedTest
  @MethodSource("destructive")
  void nothingDestructiveIsDoneWhileTheRecordOfTheNodesIsRefused(BrokerAction action) {
    execution.takeName("record");

    ReconcileResult result =
        execution.carryOut(
            List.of(),
            creation("record"),
            List.of(new Delete(ours("kept"), "gone for good")),
            Stream.concat(Stream.of(action), declarations("a").stream()).toList(),
            List.of());

    assertThat(execution.broker().applied()).containsExactly("a");
    assertThat(execution.configMap("kept")).isNotNull();
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
  void destructiveActionsAreDoneOnceTheRecordOfTheNodesIsWritten(BrokerAction action) {
    ConfigMap doomed = ours("doomed");

    execution.carryOut(
        List.of(),
        creation("record"),
        List.of(new Delete(doomed, "gone for good")),
        List.of(action),
        List.of());

    assertThat(execution.broker().applied()).containsExactly(action.describe());
    assertThat(execution.configMap("record")).isNotNull();
    assertThat(execution.configMap("doomed")).isNull();
  }

  /** Somebody removed its labels or changed it: its content is not what was planned. */
  @Test
  void anExistingRecordDoesNotCountAsWritten() {
    ours("record");
    assertNothingIsStoppedWith(creation("record"));
  }

  @Test
  void aRecordThatSomebodyChangedDoesNotCountAsWritten() {
    ConfigMap late = ours("record");
    client.resource(late).edit(map -> new ConfigMapBuilder(map).addToData("a", "b").build());
    assertNothingIsStoppedWith(Optional.of(new Replace(late, "its new data is something")));
  }

  @Test
  void nothingIsDoneWhenAnObjectThatNodesNeedIsRefused() {
    execution.takeName("support");
    execution.carryOut(
        execution.creations("support"), creation("record"), List.of(), List.of(STOP), List.of());

    assertThat(execution.broker().applied()).isEmpty();
    assertThat(execution.configMap("record")).isNull();
  }

  @Test
  void nothingIsDoneWhenTheApiServerDoesNotAnswer() {
    KubernetesWriter writer = execution.writer(unreachable());

    assertThatThrownBy(
            () ->
                execution.carryOut(
                    writer, List.of(), creation("record"), List.of(), List.of(STOP), List.of()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(execution.broker().applied()).isEmpty();
  }

  /** Otherwise nobody would know that the queue of running consumers was recreated. */
  @Test
  void noQueueIsDeclaredWhileARecordAboutItsConsumersCannotBeWritten() {
    KubernetesAction mark =
        new Mark(
            new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(execution.namespace())
                .withName("orders-worker")
                .endMetadata()
                .build(),
            Map.of(),
            Map.of("warren.dev/queue-recreated", "now"),
            "queue 'a' is recreated");
    KubernetesWriter writer = execution.writer(unreachable());

    assertThatThrownBy(
            () ->
                execution.carryOut(
                    writer,
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    declarations("a"),
                    List.of(mark)))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(execution.broker().applied()).isEmpty();
  }

  private void assertNothingIsStoppedWith(Optional<KubernetesAction> record) {
    execution.carryOut(List.of(), record, execution.creations("c"), List.of(STOP), List.of());

    assertThat(execution.broker().applied()).isEmpty();
    assertThat(execution.configMap("c")).isNull();
  }

  private static KubernetesClient unreachable() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withMasterUrl("http://127.0.0.1:1")
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  private Optional<KubernetesAction> creation(String name) {
    return execution.creations(name).stream().findFirst();
  }

  private ConfigMap ours(String name) {
    return client.resource((ConfigMap) execution.creations(name).getFirst().object()).create();
  }
}
