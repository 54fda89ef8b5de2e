package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.NOON;
import static dev.warren.operator.status.StatusScene.queue;
import static dev.warren.operator.status.StatusScene.ready;
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
