package dev.warren.operator.observation;

import java.util.Optional;

/**
 * What the clients at one IP address have to do.
 *
 * @param unacknowledged how many messages they hold
 * @param idleSince since when none of them has done anything, as text that sorts by time; empty if
 *     one has just now
 */
public record ClientWork(long unacknowledged, Optional<String> idleSince) {

  /** No client of the broker is at the address. */
  public static final ClientWork NONE = new ClientWork(0, Optional.empty());

  /** What the clients of both have to do. */
  public ClientWork plus(ClientWork other) {
    return new ClientWork(
        unacknowledged + other.unacknowledged,
        idleSince.flatMap(
            since -> other.idleSince.map(others -> since.compareTo(others) > 0 ? since : others)));
  }
}
