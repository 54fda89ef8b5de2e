package dev.warren.operator.observation;

import java.util.Map;
import java.util.Optional;

/**
 * The machines of the cluster. They are read only while a node might move.
 *
 * @param machines all of them, by name; none if they are unknown
 * @param unknownBecause why they are unknown; empty if they are known
 */
public record Places(Map<String, Machine> machines, Optional<String> unknownBecause) {

  /** They were not read. */
  public static final Places NOT_READ = unknown("they were not read");

  /** Copies the map. */
  public Places {
    machines = Map.copyOf(machines);
  }

  public static Places of(Map<String, Machine> machines) {
    return new Places(machines, Optional.empty());
  }

  public static Places unknown(String because) {
    return new Places(Map.of(), Optional.of(because));
  }

  /** The zone of a machine, if it is known. */
  public Optional<String> zone(String machine) {
    return Optional.ofNullable(machines.get(machine)).flatMap(Machine::zone);
  }
}
