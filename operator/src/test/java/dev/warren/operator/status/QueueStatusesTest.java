package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.NOON;
import static dev.warren.operator.status.StatusScene.conditions;
import static dev.warren.operator.status.StatusScene.message;
import static dev.warren.operator.status.StatusScene.queue;
import static dev.warren.operator.status.StatusScene.ready;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queues in the status. */
class QueueStatusesTest {

  private final StatusScene scene = new StatusScene();

  @ParameterizedTest(name = "{4}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "0 | 3 | 3 | quorum  | - | 1/1 | True/Declared",
        "0 | 2 | 2 | quorum  | The queue has 2 of 3 members | 1/1 | False/QueueDegraded",
        "0 | 3 | 2 | quorum  | 1 of 3 members are down | 1/1 | False/QueueDegraded",
        "0 | 3 | 1 | quorum  | Only 1 of 3 members are online: it is unavailable | 0/1 | False/QueueNotReady",
        "- | 3 | 1 | quorum  | The queue has no leader: it is unavailable | 0/1 | False/QueueNotReady",
        "0 | 1 | 1 | classic | - | 1/1 | True/Declared",
        "0 | 1 | 1 | stream  | The queue has 1 of 3 members | 1/1 | False/QueueDegraded",
      })
  void aQueuesProblemIsReported(
      Integer leader,
      int members,
      int online,
      String type,
      String message,
      String available,
      String declared) {
    scene.spec("queues: [{name: hello, type: %s}]".formatted(type));
    scene.queues.put("hello", queue("hello", leader, members, online, 0));

    MessageTopologyStatus status = scene.build();

    assertThat(status.queues().getFirst().message()).isEqualTo(message);
    assertThat(status.summary().queues()).isEqualTo(available);
    assertThat(conditions(status)).contains("TopologyDeclared=" + declared);
  }

  /** As in each rolling update. */
  @Test
  void whileANodeIsAwayAllItsQueuesAreAvailable() {
    scene.spec("queues: [{name: hello, type: quorum}, {name: history, type: stream}]");
    scene.queues.put("hello", queue("hello", 0, 3, 2, 0));
    scene.queues.put("history", queue("history", 1, 3, 2, 0));

    assertThat(scene.build().summary().queues()).isEqualTo("2/2");
    assertThat(message(scene.build(), "TopologyDeclared"))
        .isEqualTo(
            "2/2 queues are available, 2 of them without all their members; 'hello': 1 of 3"
                + " members are down");
  }

  @Test
  void aMissingQueueIsNotDeclaredYet() {
    scene.queues.clear();

    assertThat(message(scene.build(), "TopologyDeclared"))
        .isEqualTo("0/1 queues are available; 'hello': The queue is not declared yet");
  }

  @Test
  void aQueueHasAtMostOneMemberPerNode() {
    scene.podStatus.keySet().removeIf(n -> n > 0);
    scene.brokerNodes.keySet().removeIf(n -> n > 0);
    scene.spec("nodes: {replicas: 1}", "queues: [{name: hello, type: quorum, members: 5}]");
    scene.queues.put("hello", queue("hello", 0, 1, 1, 0));

    assertThat(ready(scene.build())).startsWith("True");
  }

  @Test
  void aHundredOfAThousandQueuesAreListedWorstFirst() {
    scene.manyQueues(1000);
    scene.queues.put("q0500", queue("q0500", 0, 3, 2, 0));
    scene.queues.put("q0007", queue("q0007", null, 3, 0, 0));

    MessageTopologyStatus status = scene.build();

    assertThat(status.queues())
        .hasSize(100)
        .extracting(QueueStatus::name)
        .startsWith("q0007", "q0500", "q0000", "q0001")
        .endsWith("q0098");
    assertThat(status.summary().queues()).isEqualTo("999/1000");
    assertThat(message(status, "TopologyDeclared"))
        .isEqualTo(
            "999/1000 queues are available; 'q0007': The queue has no leader: it is unavailable");
  }

  @Test
  void aThousandUnchangedQueuesAreNoNewStatus() {
    scene.manyQueues(1000);
    scene.topology.setStatus(scene.build());
    scene.now = NOON.plusSeconds(60);

    assertThat(scene.build()).isEqualTo(scene.topology.getStatus());
  }
}
