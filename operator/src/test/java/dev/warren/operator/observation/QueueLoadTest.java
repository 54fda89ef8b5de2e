package dev.warren.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.observation.QueueLoad.Count;
import dev.warren.operator.scaling.QueueReading;
import dev.warren.operator.scaling.QueueReading.Known;
import dev.warren.operator.scaling.QueueReading.Unknown;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An unknown load is never an empty queue. */
class QueueLoadTest {

  private static final Count COUNT = new Count(true, 3, 2, 70);

  @Test
  void aQueueThatIsCountedIsKnown() {
    assertThat(reading(List.of(), COUNT)).isEqualTo(new Known(3, 2, 70));
  }

  @Test
  void aQueueThatTheBrokerDoesNotCountIsUnknown() {
    assertThat(new QueueLoad(List.of(), Map.of("other", COUNT)).reading("hello"))
        .isEqualTo(new Unknown("The broker does not count queue 'hello'"));
  }

  @Test
  void aQueueThatNoNodeLeadsIsUnknown() {
    assertThat(reading(List.of(), new Count(false, 3, 2, 70)))
        .isEqualTo(new Unknown("No node leads queue 'hello'"));
  }

  @Test
  void everyQueueIsUnknownWhilePublishersAreBlocked() {
    assertThat(reading(List.of("disk", "memory"), COUNT))
        .isEqualTo(
            new Unknown("The queue nodes have run out of disk and memory: publishers are blocked"));
  }

  private static QueueReading reading(List<String> alarms, Count count) {
    return new QueueLoad(alarms, Map.of("hello", count)).reading("hello");
  }
}
