package dev.warren.operator.observation;

import java.util.Optional;

/**
 * The work of the clients at one IP address.
 *
 * @param unacknowledged how many messages they hold
 * @param idleSince since when all of them have been idle, as text that sorts by time; empty if one
 *     was active just now
 */
public record ClientWork(long unacknowledged, Optional<String> idleSince) {

  /** The broker has no client at the address. */
  public static final ClientWork NONE = new ClientWork(0, Optional.empty());

  /** The work of the clients at both addresses. */
  public ClientWork plus(ClientWork other) {
    return new ClientWork(
        unacknowledged + other.unacknowledged,
        idleSince.flatMap(
            since -> other.idleSince.map(others -> since.compareTo(others) > 0 ? since : others)));
  }
}
