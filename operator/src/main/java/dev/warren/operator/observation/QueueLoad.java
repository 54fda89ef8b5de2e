package dev.warren.operator.observation;

import dev.warren.operator.scaling.QueueReading;
import java.util.List;
import java.util.Map;

/**
 * What the broker last reported about the messages of its queues.
 *
 * @param alarms the resources that one of the nodes has exhausted: memory, disk
 * @param queues by name
 */
public record QueueLoad(List<String> alarms, Map<String, Count> queues) {

  /**
   * The messages of a queue.
   *
   * @param led whether a node that is online leads the queue
   * @param ready messages that wait for a consumer
   * @param unacknowledged messages that consumers hold
   * @param acknowledged messages that consumers have acknowledged, since some time in the past
   */
  public record Count(boolean led, long ready, long unacknowledged, long acknowledged) {}

  /** What it reports about a queue; unknown if the counts do not show arrivals and departures. */
  public QueueReading reading(String queue) {
    Count count = queues.get(queue);
    if (count == null) {
      return new QueueReading.Unknown("The broker does not count queue '%s'".formatted(queue));
    }
    if (!count.led()) {
      return new QueueReading.Unknown("No node leads queue '%s'".formatted(queue));
    }
    if (!alarms.isEmpty()) {
      // Publishers are blocked, so a low rate of arrivals means nothing.
      return new QueueReading.Unknown(
          "The queue nodes have run out of %s: publishers are blocked"
              .formatted(String.join(" and ", alarms)));
    }
    return new QueueReading.Known(count.ready(), count.unacknowledged(), count.acknowledged());
  }
}
