package dev.warren.operator.observe;

import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueConsumers;
import dev.warren.operator.observation.QueueConsumers.Count;
import dev.warren.operator.observation.Remembered;
import dev.warren.operator.plan.consumers.ConsumedQueues;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remembers for how long queues have had too few consumers. It is kept in memory: an operator that
 * has just started begins to count the time again. So does a pass that does not know the number of
 * consumers.
 */
final class ConsumerWatch {

  /**
   * A node may still report the number from the time when it led the queue, until RabbitMQ collects
   * its garbage, every 120 s.
   */
  private static final Duration OUTDATED = Duration.ofSeconds(130);

  /** When the leader of a queue was last seen to change; not for the first one. */
  private record Led(String leader, Optional<Instant> changed) {

    boolean isSettled(Instant now) {
      return changed.filter(at -> at.plus(OUTDATED).isAfter(now)).isEmpty();
    }
  }

  private record Known(Map<String, Led> leaders, Map<String, QueueConsumers> consumers) {
    static final Known NOTHING = new Known(Map.of(), Map.of());
  }

  private final Remembered<Known> byTopology = new Remembered<>();

  /**
   * Updates the times, and returns what is known of each counted queue.
   *
   * @param counted the consumers by queue, without those that are unknown
   */
  Map<String, QueueConsumers> update(
      String uid,
      Reachable broker,
      ConsumedQueues queues,
      Map<String, ConsumerCount> counted,
      Instant now) {
    Known last = byTopology.of(uid).orElse(Known.NOTHING);
    Map<String, Led> leaders = leaders(last.leaders(), broker, queues, now);
    Map<String, QueueConsumers> consumers = new HashMap<>();
    counted.forEach(
        (queue, number) -> {
          if (leaders.containsKey(queue) && leaders.get(queue).isSettled(now)) {
            Count count =
                new Count(number.consumers(), queues.readySince(queue), number.ready() > 0);
            consumers.put(
                queue,
                QueueConsumers.after(Optional.ofNullable(last.consumers().get(queue)), count, now));
          }
        });
    byTopology.put(uid, new Known(leaders, Map.copyOf(consumers)));
    return consumers;
  }

  /** The broker does not answer. */
  Map<String, QueueConsumers> unknown(String uid) {
    byTopology
        .of(uid)
        .ifPresent(known -> byTopology.put(uid, new Known(known.leaders(), Map.of())));
    return Map.of();
  }

  /** A queue that is missing or is being recreated is forgotten: the next one has no past. */
  private static Map<String, Led> leaders(
      Map<String, Led> last, Reachable broker, ConsumedQueues queues, Instant now) {
    Map<String, Led> leaders = new HashMap<>();
    queues.names().stream()
        .filter(queue -> !broker.movesFrom(queue))
        .flatMap(queue -> Stream.ofNullable(broker.queues().get(queue)))
        .forEach(
            queue ->
                led(Optional.ofNullable(last.get(queue.name())), queue.leader(), now)
                    .ifPresent(led -> leaders.put(queue.name(), led)));
    return Map.copyOf(leaders);
  }

  /** While there is no leader, the last one is kept. */
  private static Optional<Led> led(Optional<Led> last, Optional<String> leader, Instant now) {
    return leader
        .filter(name -> last.filter(known -> known.leader().equals(name)).isEmpty())
        .map(name -> new Led(name, last.map(known -> now)))
        .or(() -> last);
  }
}
