package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.NAMES;
import static dev.warren.operator.status.StatusScene.NOON;
import static dev.warren.operator.status.StatusScene.node;
import static dev.warren.operator.status.StatusScene.queue;
import static dev.warren.operator.status.StatusScene.uncounted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts of messages in the status. */
class CountingTest {

  private final StatusScene scene = new StatusScene();

  @ParameterizedTest
  @CsvSource({"0, 0", "7, 7", "99, 99", "101, 100", "1234, 1200", "1250, 1300", "987654, 990000"})
  void countsHaveTwoDigits(long messages, long shown) {
    scene.queues.put("hello", queue("hello", 0, 3, 3, messages));

    assertThat(scene.build().queues().getFirst().ready()).isEqualTo(shown);
  }

  @Test
  void deadLettersThatHaveNotArrivedAreCounted() {
    List<String> node = List.of(NAMES.brokerNode(0));
    scene.queues.put(
        "hello", new QueueState("hello", Optional.of(NAMES.brokerNode(0)), node, node, 1, 0, 1234));
    assertThat(scene.build().queues()).extracting(QueueStatus::deadLetters).containsExactly(1200L);

    scene.queues.put("hello", queue("hello", 0, 1, 1, 1));
    assertThat(scene.build().queues()).extracting(QueueStatus::deadLetters).containsOnlyNulls();
  }

  @Test
  void anUnknownNumberIsNotZero() {
    scene.queues.put("hello", uncounted(queue("hello", 0, 3, 3, 0)));

    assertThat(scene.build().queues())
        .containsExactly(new QueueStatus("hello", "orders-0", 3, 3, null, null, null, null));
  }

  @Test
  void countsAreRefreshedEveryThirtySecondsAtMost() {
    scene.queues.put("hello", queue("hello", 0, 3, 3, 10));
    scene.topology.setStatus(scene.build());
    scene.queues.put("hello", queue("hello", 0, 3, 3, 20));

    scene.now = NOON.plusSeconds(29);
    assertThat(scene.build()).isEqualTo(scene.topology.getStatus());

    scene.now = NOON.plusSeconds(30);
    assertThat(scene.build().queues().getFirst().ready()).isEqualTo(20);
    assertThat(scene.build().messagesCountedAt()).isEqualTo("2026-01-01T12:00:30Z");
  }

  @Test
  void otherChangesAreShownAtOnce() {
    scene.queues.put("hello", queue("hello", 0, 3, 3, 10));
    scene.topology.setStatus(scene.build());
    scene.queues.put("hello", queue("hello", 1, 3, 2, 20));
    scene.now = NOON.plusSeconds(1);

    assertThat(scene.build().queues())
        .containsExactly(
            new QueueStatus("hello", "orders-1", 3, 2, 10L, 0L, null, "1 of 3 members are down"));
    assertThat(scene.build().messagesCountedAt()).isEqualTo(NOON.toString());
  }

  @Test
  void aNewQueueHasItsCountAtOnce() {
    scene.queues.clear();
    scene.topology.setStatus(scene.build());
    scene.queues.put("hello", queue("hello", 0, 3, 3, 5));
    scene.now = NOON.plusSeconds(1);

    assertThat(scene.build().queues().getFirst().ready()).isEqualTo(5);
  }
}
