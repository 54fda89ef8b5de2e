package dev.warren.operator.observation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is remembered of each topology from one pass to the next, by the topology's uid. In memory,
 * and only of the last 10,000 topologies that were seen: those that are gone drop out. Thread-safe.
 *
 * @param <V> what is remembered; must not be changed afterwards
 */
public final class Remembered<V> {

  private static final int MOST_TOPOLOGIES = 10_000;

  private final Map<String, V> byUid =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
              return size() > MOST_TOPOLOGIES;
            }
          });

  /** What was remembered last. */
  public Optional<V> of(String uid) {
    return Optional.ofNullable(byUid.get(uid));
  }

  /** Remembers this instead. */
  public void put(String uid, V value) {
    byUid.remove(uid); // so that the eldest is the one that was not seen for longest
    byUid.put(uid, value);
  }

  /** Forgets it. */
  public void forget(String uid) {
    byUid.remove(uid);
  }
}
