package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.NOON;
import static dev.warren.operator.status.StatusScene.queue;
import static dev.warren.operator.status.StatusScene.ready;
import static dev.warren.operator.status.StatusScene.uncounted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.RetainedStatus;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Retained objects in the status. */
class RetainedStatusesTest {

  private final StatusScene scene = new StatusScene();

  @Test
  void aRetainedQueueIsShownWithItsMessagesAndTheTopologyIsReady() {
    scene.queues.put("old", queue("old", 0, 3, 3, 1234));
    retained(new Retained("Queue", "old", "It has messages"));

    MessageTopologyStatus status = scene.build();

    assertThat(status.retained())
        .containsExactly(new RetainedStatus("Queue", "old", 1200L, "It has messages"));
    assertThat(ready(status)).startsWith("True");
  }

  @Test
  void theCountChangesAtMostEveryThirtySeconds() {
    scene.queues.put("old", queue("old", 0, 3, 3, 1234));
    retained(new Retained("Queue", "old", "It has messages"));
    scene.topology.setStatus(scene.build());
    scene.queues.put("old", queue("old", 0, 3, 3, 99));

    scene.now = NOON.plusSeconds(29);
    assertThat(scene.build().retained().getFirst().messages()).isEqualTo(1200L);
    scene.now = NOON.plusSeconds(30);
    assertThat(scene.build().retained().getFirst().messages()).isEqualTo(99L);
  }

  /** Zero would say that nothing is lost with the queue. */
  @Test
  void anUnknownCountIsAbsentAndIsShownOnceItIsKnown() {
    scene.queues.put("old", uncounted(queue("old", 0, 3, 3, 0)));
    retained(new Retained("Queue", "old", "RabbitMQ has not counted its messages yet"));
    scene.topology.setStatus(scene.build());
    assertThat(scene.topology.getStatus().retained().getFirst().messages()).isNull();

    scene.queues.put("old", queue("old", 0, 3, 3, 1234));
    scene.now = NOON.plusSeconds(1);
    assertThat(scene.build().retained().getFirst().messages()).isEqualTo(1200L);
  }

  @Test
  void retainedObjectsStayWhileTheBrokerDoesNotAnswer() {
    retained(new Retained("Exchange", "events", "It has bindings"));
    scene.topology.setStatus(scene.build());
    scene.brokerIsSilent("no answer");
    scene.applied = AppliedActions.NONE;

    assertThat(scene.build().retained())
        .containsExactly(new RetainedStatus("Exchange", "events", null, "It has bindings"));
  }

  private void retained(Retained... kept) {
    scene.applied =
        new AppliedActions(Mode.ACT, List.of(), List.of(), List.of(), List.of(), List.of(kept));
  }
}
