package dev.warren.operator.status;

import static dev.warren.api.v1alpha1.QueueSpec.QueueDeletion.Delete;
import static dev.warren.operator.status.StatusScene.NOON;
import static dev.warren.operator.status.StatusScene.queue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.DriftStatus;
import dev.warren.api.v1alpha1.QueueSpec.QueueDeletion;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareExchange;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.PutUser;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Drift that was reverted. */
class DriftStatusesTest {

  private static final String REVISION = "warren.dev/revision";

  private final StatusScene scene = new StatusScene();
  private final Queue hello = new Queue("hello", "quorum", Map.of());
  private final Binding binding = new Binding("amq.topic", "hello", "a", Map.of());
  private final Policy policy =
      new Policy("warren.hello", "^hello$", "quorum_queues", 100, Map.of("max-length", 100));

  DriftStatusesTest() {
    scene.declared =
        new OwnershipRecord(Set.of("events"), Map.of("hello", Delete), Set.of(binding));
    scene.definitions = definitions(hello);
    scene.topology.setStatus(scene.build());
  }

  @Test
  void restoredObjectsAreDrift() {
    scene.definitions = definitions();
    did(
        new DeclareExchange(new Exchange("events", "topic", Map.of())),
        new DeclareQueue(hello),
        new PutPolicy(policy),
        new PutUser("app", "secret"));

    assertThat(scene.build().drift())
        .extracting(DriftStatus::kind, DriftStatus::name, DriftStatus::what, DriftStatus::count)
        .containsExactly(
            tuple("Exchange", "events", "It was deleted", 1),
            tuple("Queue", "hello", "It was deleted", 1),
            tuple("Policy", "warren.hello", "It was deleted", 1),
            tuple("User", "app", "It was deleted", 1));
    assertThat(scene.build().drift().getFirst().lastAt()).isEqualTo("2026-01-01T12:00:00Z");
  }

  @Test
  void aQueueThatWasDeletedDuringAnObservationIsDrift() {
    scene.queues.clear();
    scene.topology.setStatus(scene.build());
    scene.definitions = definitions();
    did(new DeclareQueue(hello));

    assertThat(scene.build().drift()).extracting(DriftStatus::name).containsExactly("hello");
  }

  @Test
  void aBindingIsDriftUnlessItsQueueWasDeleted() {
    did(new Bind(binding));
    assertThat(scene.build().drift())
        .extracting(DriftStatus::name)
        .containsExactly("'amq.topic' to 'hello' by 'a'");

    scene.definitions = definitions();
    assertThat(scene.build().drift()).isNull();
  }

  @Test
  void aChangedSettingIsReportedWithItsValue() {
    scene.definitions =
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

    assertThat(scene.build().drift())
        .extracting(DriftStatus::what)
        .containsExactly(
            "max-length was 10 and is 100 again; message-ttl was 5 and is absent again");
  }

  @Test
  void repeatedDriftHasACountAndTheNewestTwentyAreListed() {
    List<BrokerAction> many = new ArrayList<>();
    Map<String, QueueDeletion> onDelete = new TreeMap<>();
    for (int i = 0; i < 25; i++) {
      many.add(new DeclareQueue(new Queue("q" + i, "quorum", Map.of())));
      onDelete.put("q" + i, Delete);
    }
    scene.declared = new OwnershipRecord(Set.of(), onDelete, Set.of());
    did(many.toArray(BrokerAction[]::new));
    MessageTopologyStatus first = scene.build();
    assertThat(first.drift()).hasSize(20);

    scene.topology.setStatus(withDrift(first));
    scene.now = NOON.plusSeconds(60);
    did(new DeclareQueue(new Queue("q7", "quorum", Map.of())));

    assertThat(scene.build().drift())
        .hasSize(20)
        .first()
        .isEqualTo(new DriftStatus("Queue", "q7", "It was deleted", 2, "2026-01-01T12:01:00Z"));
  }

  @Test
  void driftStaysInTheStatusAndIsOneEvent() {
    scene.definitions = definitions();
    did(new DeclareQueue(hello));
    MessageTopologyStatus before = scene.topology.getStatus();
    MessageTopologyStatus after = scene.build();
    assertThat(Transition.between(before, after))
        .contains(
            new Transition(
                true, Reason.DRIFT_REPAIRED, "Queue hello was restored: It was deleted"));

    scene.topology.setStatus(after);
    did();
    assertThat(scene.build().drift()).isEqualTo(after.drift());
    assertThat(Transition.between(after, scene.build()))
        .extracting(Transition::reason)
        .doesNotContain(Reason.DRIFT_REPAIRED);
  }

  @Test
  void theFirstDeclarationIsNotDrift() {
    scene.topology.setStatus(null);
    did(new DeclareQueue(hello));
    assertThat(scene.build().drift()).isNull();
  }

  @Test
  void anObjectThatIsNotOnRecordIsNotDrift() {
    scene.declared = OwnershipRecord.NOTHING;
    did(new DeclareQueue(hello));
    assertThat(scene.build().drift()).isNull();
  }

  @Test
  void aChangeOfTheResourceIsNotDrift() {
    scene.changeSpec("queues: [{name: hello, type: quorum, maxLength: 100}]");
    did(new PutPolicy(policy));
    assertThat(scene.build().drift()).isNull();
  }

  @Test
  void aQueueThatWasLostWithItsNodeIsNotDrift() {
    scene.nodeProblems.add(new Problem(Reason.NODE_LEAVING, "orders-1 is lost"));
    scene.topology.setStatus(scene.build());
    scene.nodeProblems.clear();
    did(new DeclareQueue(hello));
    assertThat(scene.build().drift()).isNull();
  }

  @Test
  void aChangedOrDeletedKubernetesObjectIsDriftUnlessTheSpecChanged() {
    Deployment desired = deploymentOfRevision("b");
    scene.deployments.add(deploymentOfRevision("b"));
    scene.applied =
        new AppliedActions(
            Mode.ACT,
            List.of(),
            List.of(new Create(service(), "it does not exist")),
            List.of(),
            List.of(new Apply(desired, "spec.replicas differs from the desired state")),
            List.of());

    assertThat(scene.build().drift())
        .extracting(DriftStatus::kind, DriftStatus::name, DriftStatus::what)
        .containsExactly(
            tuple("Service", "orders", "It was deleted, or its labels were removed"),
            tuple("Deployment", "orders-worker", "spec.replicas differs from the desired state"));

    scene.deployments.clear();
    scene.deployments.add(deploymentOfRevision("a"));
    assertThat(scene.build().drift()).extracting(DriftStatus::kind).containsExactly("Service");
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
    scene.applied =
        new AppliedActions(Mode.ACT, List.of(), List.of(), List.of(actions), List.of(), List.of());
  }

  private BrokerDefinitions definitions(Queue... there) {
    return new BrokerDefinitions(
        Map.of(),
        Stream.of(there).collect(Collectors.toMap(Queue::name, queue -> queue)),
        Set.of(),
        Map.of(),
        Map.of());
  }

  /** The last status, which was complete, with this drift. */
  private MessageTopologyStatus withDrift(MessageTopologyStatus status) {
    MessageTopologyStatus last = scene.topology.getStatus();
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
        null,
        null);
  }
}
