package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.condition;
import static dev.warren.operator.status.StatusScene.conditions;
import static dev.warren.operator.status.StatusScene.message;
import static dev.warren.operator.status.StatusScene.ready;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.PutRecord;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.action.BrokerStep;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.certificates.CertificatePlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The status of a paused topology. */
class PauseStatusTest {

  private final StatusScene scene = new StatusScene();

  @Test
  void aPauseIsShownAndAReadyTopologyStaysReady() {
    scene.applied = AppliedActions.held(Mode.PAUSED, List.of(), List.of());

    MessageTopologyStatus status = scene.build();

    assertThat(conditions(status)).startsWith("Ready=True/AllReady").endsWith("Paused=True/Paused");
    assertThat(status.plan()).isNull();
    scene.topology.setStatus(status);
    scene.applied = AppliedActions.NONE;
    assertThat(conditions(scene.build())).noneMatch(condition -> condition.startsWith("Paused"));
  }

  @Test
  void anUnknownValuePausesAndIsReported() {
    scene.applied = AppliedActions.held(Mode.UNKNOWN, List.of(), List.of());

    assertThat(condition(scene.build(), "Paused").getReason()).isEqualTo("UnknownMode");
  }

  @Test
  void remainingChangesMakeAPausedTopologyUnready() {
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
            Optional.empty(),
            CertificatePlan.NOTHING);

    MessageTopologyStatus status =
        StatusBuilder.build(
            scene.topology, ReconcileResult.held(Mode.PLAN, plan, scene.observation(), List.of()));

    assertThat(ready(status))
        .isEqualTo(
            "False/Paused: 2 changes wait until the annotation warren.dev/reconcile is removed."
                + " The first: bind 'amq.topic' to 'hello' by 'a'");
    assertThat(status.plan())
        .containsExactly(
            "bind 'amq.topic' to 'hello' by 'a'", "unbind 'amq.topic' to 'hello' by 'b'");
    assertThat(conditions(status)).endsWith("Paused=True/PlanOnly");
  }

  /** The conditions count the same changes as the plan. */
  @Test
  void eachConditionCountsAllChangesThatWait() {
    ReconcilePlan plan =
        new ReconcilePlan(
            List.of(new Apply(service("orders"), "spec.ports[0].port: 1 -> 2")),
            Optional.empty(),
            List.of(),
            BrokerStep.inOrder(
                List.of(
                    new PutRecord(OwnershipRecord.NOTHING),
                    new Bind(new Binding("amq.topic", "hello", "a", Map.of())))),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            CertificatePlan.NOTHING);

    MessageTopologyStatus status = held(plan);

    assertThat(status.plan()).hasSize(3);
    assertThat(message(status, "NodesReady"))
        .endsWith(
            "; 3 changes wait until the annotation warren.dev/reconcile is removed, 1 of them in the"
                + " nodes. The first of these: apply Service orders: spec.ports[0].port: 1 -> 2");
    assertThat(message(status, "TopologyDeclared"))
        .startsWith("3 changes wait")
        .contains("1 of them in the broker");
    assertThat(message(status, "Paused")).contains("3 changes wait");
  }

  @Test
  void aChangeInTheBrokerIsShownWithItsOldAndNewValues() {
    scene.definitions =
        new BrokerDefinitions(
            Map.of(),
            Map.of("hello", new Queue("hello", "quorum", Map.of())),
            Set.of(),
            Map.of("warren.hello", policy(Map.of("max-length", 5L, "message-ttl", 1000L))),
            Map.of());
    Queue classic = new Queue("hello", "classic", Map.of("x-max-priority", 3L));
    ReconcilePlan plan =
        new ReconcilePlan(
            List.of(),
            Optional.empty(),
            List.of(),
            BrokerStep.inOrder(
                List.of(
                    new PutPolicy(policy(Map.of("max-length", 9L))),
                    new RecreateQueue(
                        classic,
                        Optional.empty(),
                        Set.of(),
                        new StartMove("m", new Move("hello", "m"))))),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            CertificatePlan.NOTHING);

    assertThat(held(plan).plan())
        .containsExactly(
            "set policy 'warren.hello': max-length: 5 -> 9; message-ttl: 1000 -> none",
            "lock clients out, delete queue 'hello' and declare it again as a classic queue:"
                + " type: quorum -> classic; x-max-priority: none -> 3");
  }

  private static Policy policy(Map<String, Object> settings) {
    return new Policy("warren.hello", "^hello$", "quorum_queues", 100, settings);
  }

  private static Service service(String name) {
    return new ServiceBuilder().withNewMetadata().withName(name).endMetadata().build();
  }

  private MessageTopologyStatus held(ReconcilePlan plan) {
    return StatusBuilder.build(
        scene.topology, ReconcileResult.held(Mode.PLAN, plan, scene.observation(), List.of()));
  }

  @Test
  void aMoveThatWaitsIsPreviewedAndHasNotBegun() {
    NodeRemoval move = NodeRemoval.decided(2, Kind.MOVED, "it shares a machine", "some time");
    ConfigMap record =
        new ConfigMapBuilder().withNewMetadata().withName("record").endMetadata().build();
    ReconcilePlan plan =
        new ReconcilePlan(
            List.of(),
            Optional.of(new Create(record, "node 2 moves")),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.of(move),
            CertificatePlan.NOTHING);

    MessageTopologyStatus status =
        StatusBuilder.build(
            scene.topology, ReconcileResult.held(Mode.PLAN, plan, scene.observation(), List.of()));

    assertThat(status.plan()).singleElement().asString().contains("node 2 moves");
    assertThat(conditions(status)).startsWith("Ready=True/AllReady");
    assertThat(status.nodes().removal()).isNull();
    assertThat(status.nodes().lastReplacement()).isNull();
  }

  @Test
  void aLongPlanIsShownInPart() {
    List<String> planned = IntStream.range(0, 53).mapToObj("do %d"::formatted).toList();
    scene.applied = AppliedActions.held(Mode.PLAN, planned, List.of());

    assertThat(scene.build().plan()).hasSize(51).startsWith("do 0").endsWith("do 49", "and 3 more");
  }

  @Test
  void anEmptyPlanIsShownAsNothing() {
    scene.applied = AppliedActions.held(Mode.PLAN, List.of(), List.of());

    assertThat(scene.build().plan()).containsExactly("nothing");
  }
}
