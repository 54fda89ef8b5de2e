package dev.warren.operator.observation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers a value for each topology between passes, by the topology's uid. It is kept in memory,
 * for the 10,000 topologies seen last: deleted topologies drop out. Thread-safe.
 *
 * @param <V> the value, which must be immutable
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

  /** The last value. */
  public Optional<V> of(String uid) {
    return Optional.ofNullable(byUid.get(uid));
  }

  /** Replaces the value. */
  public void put(String uid, V value) {
    byUid.remove(uid); // so that the eldest is the one not seen for longest
    byUid.put(uid, value);
  }

  /** Forgets the value. */
  public void forget(String uid) {
    byUid.remove(uid);
  }
}
