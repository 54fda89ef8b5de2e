package dev.warren.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.ApiServer;
import dev.warren.operator.execute.EventRecorder;
import dev.warren.operator.model.Reason;
import dev.warren.operator.status.Transition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Topologies and namespaces are deleted in the middle of passes, and the log stays calm. */
@Tag("apiserver")
class DeletionApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int TOPOLOGIES = 20;

  private final KubernetesClient client = server.client();
  private final String namespace = server.namespace();
  private final StatusReport report = new StatusReport(client, Clock.systemUTC());
  private final Records log = new Records();

  @BeforeEach
  void listen() {
    Logger.getLogger("").addHandler(log);
  }

  @AfterEach
  void stopListening() {
    Logger.getLogger("").removeHandler(log);
  }

  @Test
  void topologiesThatAreDeletedInTheirPassesLeaveNoStackTrace() {
    try (TestOperator operator = new TestOperator(client, Set.of(namespace))) {
      await().atMost(SOON).until(operator::isReady);
      for (int n = 0; n < TOPOLOGIES; n++) {
        MessageTopology topology = create("t" + n);
        await().atMost(SOON).until(() -> isBeingReconciled(topology));
        client.resource(topology).delete();
      }
      create("last");
      await().atMost(SOON).until(() -> topology("last").get().getStatus() != null);
      assertThat(log.stackTraces()).isEmpty();
    }
  }

  @Test
  void aStatusOfADeletedTopologyIsOneLine() {
    MessageTopology topology = create("orders");
    client.resource(topology).delete();
    KubernetesClientException refusal = refusalOfStatus(topology);
    assertThat(refusal.getCode()).isEqualTo(404);

    assertCalm(report.ofFailure(topology, refusal), "INFO", "the resource was deleted meanwhile");
  }

  @Test
  void aTopologyThatWasDeletedAndCreatedAgainIsAnother() {
    MessageTopology topology = create("orders");
    client.resource(topology).delete();
    create("orders");

    assertCalm(
        report.ofFailure(topology, new IllegalStateException("its Pod is gone")),
        "INFO",
        "the resource was deleted meanwhile");
  }

  @Test
  void aNamespaceThatIsBeingDeletedIsOneLine() {
    MessageTopology topology = create("orders");
    client.namespaces().withName(namespace).delete();
    KubernetesClientException refusal =
        catchThrowableOfType(
            KubernetesClientException.class, () -> client.resource(configMap()).create());
    assertThat(refusal.getCode()).isEqualTo(403);

    assertCalm(report.ofFailure(topology, refusal), "INFO", "because it is being terminated");
  }

  @Test
  void noEventOfANamespaceThatIsBeingDeletedIsMissed() {
    MessageTopology topology = create("orders");
    client.namespaces().withName(namespace).delete();

    new EventRecorder(client, Clock.systemUTC())
        .record(topology, new Transition(true, Reason.BECAME_READY, "It is ready"));

    assertThat(log.lines()).isEmpty();
  }

  /** What is no deletion stays in the status and in the log, with its stack trace. */
  @Test
  void anyOtherFailureIsReported() {
    ErrorStatusUpdateControl<MessageTopology> control =
        report.ofFailure(create("orders"), new IllegalStateException("a bug"));

    assertThat(control.isNoRetry()).isFalse();
    assertThat(control.getResource())
        .hasValueSatisfying(
            failed -> assertThat(Serialization.asYaml(failed.getStatus())).contains("a bug"));
  }

  private void assertCalm(
      ErrorStatusUpdateControl<MessageTopology> control, String level, String why) {
    assertThat(control.getResource()).isEmpty();
    assertThat(control.isNoRetry()).as("the SDK logs retries with stack traces").isTrue();
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith(level + " The reconciliation ended early: ")
        .contains(why);
    assertThat(log.stackTraces()).isEmpty();
  }

  private boolean isBeingReconciled(MessageTopology topology) {
    return client.configMaps().inNamespace(namespace).list().getItems().stream()
        .map(ConfigMap::getMetadata)
        .anyMatch(made -> made.getName().startsWith(topology.getMetadata().getName() + "-"));
  }

  private Resource<MessageTopology> topology(String name) {
    return client.resources(MessageTopology.class).inNamespace(namespace).withName(name);
  }

  private KubernetesClientException refusalOfStatus(MessageTopology topology) {
    return catchThrowableOfType(
        KubernetesClientException.class,
        () ->
            client
                .resource(
                    StatusUpdate.withStatus(topology, new MessageTopologyStatus(1L, List.of())))
                .subresource("status")
                .patch(
                    new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("test")
                        .withForce(true)
                        .build()));
  }

  private ConfigMap configMap() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("too-late")
        .withNamespace(namespace)
        .endMetadata()
        .build();
  }

  private MessageTopology create(String name) {
    client
        .resource(
            Serialization.unmarshal(
                """
                apiVersion: warren.dev/v1alpha1
                kind: MessageTopology
                metadata: {name: %s}
                spec: {nodes: {replicas: 1}, queues: [{name: hello}]}
                """
                    .formatted(name),
                GenericKubernetesResource.class))
        .inNamespace(namespace)
        .create();
    return topology(name).get();
  }

  /** What an operator with its usual settings logs. */
  private static final class Records extends Handler {

    private final List<LogRecord> all = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.INFO.intValue()) {
        all.add(record);
      }
    }

    List<String> lines() {
      return all.stream()
          .filter(record -> record.getLoggerName().startsWith("dev.warren."))
          .map(record -> record.getLevel() + " " + text(record))
          .toList();
    }

    List<String> stackTraces() {
      return all.stream()
          .filter(record -> record.getThrown() != null)
          .map(record -> record.getLoggerName() + ": " + text(record))
          .toList();
    }

    private static String text(LogRecord record) {
      return record.getMessage() + " " + Arrays.toString(record.getParameters());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
