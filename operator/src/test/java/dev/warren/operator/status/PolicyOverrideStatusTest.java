package dev.warren.operator.status;

import static dev.warren.api.v1alpha1.QueueSpec.QueueDeletion.Delete;
import static dev.warren.operator.status.StatusScene.NAMES;
import static dev.warren.operator.status.StatusScene.conditions;
import static dev.warren.operator.status.StatusScene.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.DriftStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A policy of somebody else overrides fields of a queue. */
class PolicyOverrideStatusTest {

  private final StatusScene scene = new StatusScene();

  PolicyOverrideStatusTest() {
    scene.spec(
        "queues: [{name: hello, type: quorum, maxLength: 5}, {name: other, type: quorum,"
            + " maxLength: 5}, {name: plain, type: quorum}]");
    Map<String, Policy> policies = new TreeMap<>();
    policies.put("all", new Policy("all", ".*", "queues", 500, Map.of("expires", 1000)));
    scene
        .topology
        .getSpec()
        .queues()
        .forEach(
            queue -> {
              applies("warren." + queue.name(), queue.name());
              policies.put("warren." + queue.name(), DesiredDefinitions.policy(queue));
            });
    policies.remove("warren.plain");
    scene.definitions = new BrokerDefinitions(Map.of(), Map.of(), Set.of(), policies, Map.of());
  }

  @Test
  void itIsReportedWithTheQueueAndTheSettingAndTheQueueStaysAvailable() {
    applies("all", "other");
    applies("all", "plain");

    MessageTopologyStatus status = scene.build();

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
  void itIsNotReportedAfterItsRemoval() {
    applies("all", "other");
    scene.topology.setStatus(scene.build());
    applies("warren.other", "other");

    assertThat(conditions(scene.build())).contains("TopologyDeclared=True/Declared");
    assertThat(scene.build().queues()).extracting(QueueStatus::overriddenBy).containsOnlyNulls();
  }

  @Test
  void itIsStillReportedWhileTheBrokerDoesNotAnswer() {
    applies("all", "other");
    scene.topology.setStatus(scene.build());
    scene.brokerIsSilent("no answer");

    assertThat(scene.build().queues()).isEqualTo(scene.topology.getStatus().queues());
  }

  @Test
  void itDoesNotHideDrift() {
    applies("all", "other");
    scene.declared = new OwnershipRecord(Set.of(), Map.of("hello", Delete), Set.of());
    scene.topology.setStatus(scene.build());
    BrokerAction again = new DeclareQueue(new Queue("hello", "quorum", Map.of()));
    scene.applied =
        new AppliedActions(Mode.ACT, List.of(), List.of(), List.of(again), List.of(), List.of());

    assertThat(scene.build().drift()).extracting(DriftStatus::name).containsExactly("hello");
  }

  private void applies(String policy, String queue) {
    List<String> members = IntStream.range(0, 3).mapToObj(NAMES::brokerNode).toList();
    scene.queues.put(
        queue,
        new QueueState(
            queue,
            Optional.of(members.getFirst()),
            members,
            members,
            Optional.empty(),
            new AppliedPolicies(Optional.of(policy), Optional.empty())));
  }
}
