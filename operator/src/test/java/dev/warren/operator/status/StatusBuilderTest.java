package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.NOON;
import static dev.warren.operator.status.StatusScene.condition;
import static dev.warren.operator.status.StatusScene.conditions;
import static dev.warren.operator.status.StatusScene.message;
import static dev.warren.operator.status.StatusScene.queue;
import static dev.warren.operator.status.StatusScene.ready;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Quorum;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What of the status changes, and what stays. */
class StatusBuilderTest {

  private final StatusScene scene = new StatusScene();

  @Test
  void anErrorOfTheOperatorIsReportedAndTheRestStays() {
    MessageTopologyStatus before = scene.build();
    scene.topology.setStatus(before);

    MessageTopologyStatus after =
        StatusBuilder.failed(scene.topology, "no answer", NOON.plusSeconds(60));

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
    scene.topology.setStatus(after);
    assertThat(StatusBuilder.failed(scene.topology, "no answer", NOON.plusSeconds(90)))
        .isEqualTo(after);
  }

  @Test
  void anUnreadableSpecIsReportedAndTheRestStays() {
    MessageTopologyStatus before = scene.build();
    scene.topology.setStatus(before);
    scene.topology.setSpec(null);

    MessageTopologyStatus after =
        StatusBuilder.unreadable(
            scene.topology, new Violation("spec.queues[0].type", "\"ring\" cannot be read"), NOON);

    assertThat(conditions(after))
        .startsWith("Ready=False/InvalidSpec", "Validated=False/InvalidSpec")
        .hasSameSizeAs(before.conditions());
    assertThat(message(after, "Ready")).isEqualTo("spec.queues[0].type: \"ring\" cannot be read");
    assertThat(after.conditions()).containsAll(before.conditions().subList(2, 7));
    assertThat(after.nodes()).isEqualTo(before.nodes());
  }

  @Test
  void anInvalidSpecLeavesTheRestOfTheStatusUnchanged() {
    scene.topology.setStatus(scene.build());
    scene.changeSpec(
        "queues: [{name: hello, type: quorum}]", "exchanges: [{name: new, type: topic}]");
    scene.violations.add(new Violation("spec.bindings[0].queue", "no queue 'x'"));
    scene.violations.add(new Violation("spec.bindings[1].queue", "no queue 'y'"));

    MessageTopologyStatus status = scene.build();

    assertThat(conditions(status))
        .containsExactly(
            "Ready=False/InvalidSpec",
            "Validated=False/InvalidSpec",
            "NodesReady=True/AllReady",
            "TopologyDeclared=True/Declared",
            "ConsumersReady=True/AllReady",
            "EndpointsReady=True/AllReady",
            "CertificatesReady=True/CertificatesValid",
            "NodesSpread=True/Spread");
    assertThat(message(status, "Validated"))
        .isEqualTo("spec.bindings[0].queue: no queue 'x'; spec.bindings[1].queue: no queue 'y'");
    assertThat(status.nodes()).isEqualTo(scene.topology.getStatus().nodes());
    assertThat(status.queues()).isEqualTo(scene.topology.getStatus().queues());
    assertThat(status.observedGeneration()).isEqualTo(2);
  }

  @Test
  void anInvalidSpecDoesNotCountAsDeclared() {
    scene.topology.setStatus(scene.build());
    scene.changeSpec("exchanges: [{name: a, type: topic}, {name: b, type: topic}]");
    scene.violations.add(new Violation("spec", "is wrong"));

    Condition declared = condition(scene.build(), "TopologyDeclared");

    assertThat(declared.getObservedGeneration()).isEqualTo(1);
    assertThat(declared.getMessage()).startsWith("0 exchanges");
  }

  @Test
  void aFirstInvalidSpecLeavesTopologyDeclaredUnknown() {
    scene.violations.add(new Violation("spec", "is wrong"));

    assertThat(conditions(scene.build())).contains("TopologyDeclared=Unknown/InvalidSpec");
  }

  @Test
  void aFirstInvalidSpecStartsNoNode() {
    scene.podStatus.clear();
    scene.violations.add(new Violation("spec.bindings[0].queue", "is wrong"));

    assertThat(conditions(scene.build())).contains("NodesReady=False/InvalidSpec");
    assertThat(condition(scene.build(), "NodesReady").getMessage())
        .isEqualTo("0 of 3 nodes are ready; none is started while the spec is invalid");
    assertThat(ready(scene.build())).startsWith("False/InvalidSpec: spec.bindings[0].queue");
  }

  @Test
  void anInvalidSpecDoesNotHideThatTheBrokerDoesNotAnswer() {
    scene.topology.setStatus(scene.build());
    scene.brokerIsSilent("no answer");
    scene.violations.add(new Violation("spec", "is wrong"));

    assertThat(conditions(scene.build())).contains("TopologyDeclared=Unknown/BrokerUnreachable");
  }

  @Test
  void anInvalidSpecReportsTheFirstTenViolations() {
    for (int i = 0; i < 1000; i++) {
      scene.violations.add(new Violation("f" + i, "wrong"));
    }

    assertThat(message(scene.build(), "Validated")).endsWith("; f9: wrong; and 990 more");
  }

  @Test
  void aBrokerThatDoesNotAnswerLeavesTheQueuesLastKnownNumbers() {
    scene.queues.put("hello", queue("hello", 1, 3, 3, 42));
    scene.topology.setStatus(scene.build());
    scene.brokerIsSilent("no answer");

    MessageTopologyStatus status = scene.build();

    assertThat(conditions(status)).contains("TopologyDeclared=Unknown/BrokerUnreachable");
    assertThat(status.queues())
        .containsExactly(new QueueStatus("hello", "orders-1", 3, 3, 42L, 0L, null, null));
    assertThat(status.summary().queues()).isEqualTo("1/1");
    assertThat(status.messagesCountedAt()).isEqualTo(NOON.toString());
    assertThat(status.nodes().quorum()).isEqualTo(Quorum.Unknown);
  }

  @Test
  void aBrokerThatDoesNotAnswerMakesNoQueueOfAThousandUnavailable() {
    scene.manyQueues(1000);
    scene.topology.setStatus(scene.build());
    scene.brokerIsSilent("no answer");

    assertThat(scene.build().summary().queues()).isEqualTo("1000/1000");
    assertThat(scene.build().queues()).isEqualTo(scene.topology.getStatus().queues());
  }

  @Test
  void withoutAFirstAnswerOfTheBrokerThereAreNoNumbers() {
    scene.brokerIsSilent("No queue node runs yet");

    assertThat(scene.build().queues())
        .containsExactly(new QueueStatus("hello", null, null, null, null, null, null, null));
    assertThat(scene.build().messagesCountedAt()).isNull();
    assertThat(scene.build().summary().queues()).isEqualTo("0/1");
  }

  @Test
  void anUnchangedObservationIsNoNewStatus() {
    scene.topology.setStatus(scene.build());
    scene.now = NOON.plus(Duration.ofHours(1));

    assertThat(scene.build()).isEqualTo(scene.topology.getStatus());
  }

  @Test
  void aConditionsTimeIsItsLastChangeOfStatus() {
    scene.nodeProblems.add(new Problem(Reason.ROLLING_UPDATE, "one"));
    scene.topology.setStatus(scene.build());

    scene.now = NOON.plusSeconds(10);
    scene.nodeProblems.set(0, new Problem(Reason.UNSCHEDULABLE, "another"));
    scene.topology.setStatus(scene.build());
    assertThat(condition(scene.topology.getStatus(), "NodesReady").getReason())
        .isEqualTo("Unschedulable");
    assertThat(scene.since("NodesReady")).isEqualTo("2026-01-01T12:00:00Z");

    scene.now = NOON.plusSeconds(20).plusMillis(5);
    scene.nodeProblems.clear();
    scene.topology.setStatus(scene.build());
    assertThat(scene.since("NodesReady")).isEqualTo("2026-01-01T12:00:20Z");
    assertThat(scene.since("Ready")).isEqualTo("2026-01-01T12:00:20Z");
    assertThat(scene.since("Validated")).isEqualTo("2026-01-01T12:00:00Z");
  }

  @Test
  void aNewGenerationIsInEachConditionAndTheTimesStay() {
    scene.topology.setStatus(scene.build());
    scene.now = NOON.plusSeconds(10);
    scene.topology.getMetadata().setGeneration(2L);
    scene.topology.setStatus(scene.build());

    assertThat(scene.topology.getStatus().conditions())
        .allSatisfy(
            condition -> {
              assertThat(condition.getObservedGeneration()).isEqualTo(2);
              assertThat(condition.getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
            });
  }
}
