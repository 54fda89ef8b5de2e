package dev.warren.operator.plan.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The names of the nodes' Pods, which stay in caches after a Pod has left its Service. */
final class SimulatedDns {

  private final Clock clock;
  private final Map<String, Instant> outOfServiceSince = new HashMap<>();
  private Duration cachedFor = Duration.ofSeconds(12);

  SimulatedDns(Clock clock) {
    this.clock = clock;
  }

  void cacheFor(Duration time) {
    cachedFor = time;
  }

  void leaveService(String podUid) {
    outOfServiceSince.putIfAbsent(podUid, clock.instant());
  }

  void enterService(String podUid) {
    outOfServiceSince.remove(podUid);
  }

  /** Whether the name of a Pod that is out of its Service can still be resolved. */
  boolean isCached(String podUid) {
    Instant now = clock.instant();
    return outOfServiceSince.getOrDefault(podUid, now).plus(cachedFor).isAfter(now);
  }
}
