package dev.warren.gateway.clients;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Finds out whether a client holds memory for messages. */
public final class FreeMemory {

  private FreeMemory() {}

  /** Whether a client at this address could reserve so many bytes now. */
  public static boolean has(Clients clients, String address, int bytes) {
    Door probe = new Door(clients, new Refusals("probe", new SimpleMeterRegistry()), 1);
    probe.limit(1, 1);
    Admission admission = probe.admit(new ClientAddress(address), () -> {});
    try {
      boolean isFree = admission.memory().tryReserve(bytes);
      if (isFree) {
        admission.memory().release(bytes);
      }
      return isFree;
    } finally {
      admission.end();
    }
  }
}
