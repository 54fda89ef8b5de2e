package dev.warren.gateway.broker;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Notifies those who wait for messages that one has arrived in a queue. For any thread. */
final class Arrivals {

  private record Waiting(Set<String> queues, CompletableFuture<String> first) {}

  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

  /**
   * Waits for a message that arrives from now on.
   *
   * @return completes with the first of the queues that gets one. Completing or cancelling it ends
   *     the wait
   */
  CompletableFuture<String> first(Set<String> queues) {
    Waiting one = new Waiting(queues, new CompletableFuture<>());
    waiting.add(one);
    one.first().whenComplete((queue, failure) -> waiting.remove(one));
    return one.first();
  }

  /** How many wait. */
  int waiting() {
    return waiting.size();
  }

  /** A message is in a queue. */
  void arrived(String queue) {
    for (Waiting one : waiting) {
      if (one.queues().contains(queue)) {
        one.first().complete(queue);
      }
    }
  }
}
