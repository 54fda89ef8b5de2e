package dev.warren.gateway.clients;

import dev.warren.gateway.limits.MemoryBudget;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory that is used for clients, at all ports together, and each client's part of it. For any
 * thread.
 */
public final class Clients {

  /** One client gets at most three quarters, which is more than the longest message. */
  private static final int SHARE_OF = 4;

  private final long bytesForConnections;
  private final long bytesForMessages;
  private final MemoryBudget connections;
  private final MemoryBudget messages;
  private final Map<ClientAddress, Client> clients = new HashMap<>();
  private Instant lastArrival = Instant.EPOCH;

  /**
   * @param bytesForConnections for the connections themselves
   * @param bytesForMessages for what arrives on them and what is sent
   */
  public Clients(long bytesForConnections, long bytesForMessages) {
    this.bytesForConnections = bytesForConnections;
    this.bytesForMessages = bytesForMessages;
    this.connections = new MemoryBudget(bytesForConnections);
    this.messages = new MemoryBudget(bytesForMessages);
  }

  /** A client while it has connections. */
  static final class Client {
    private final ClientAddress address;
    private final MemoryBudget connections;
    private final MemoryBudget messages;
    private int count;

    private Client(ClientAddress address, MemoryBudget connections, MemoryBudget messages) {
      this.address = address;
      this.connections = connections;
      this.messages = messages;
    }

    ClientAddress address() {
      return address;
    }

    MemoryBudget connections() {
      return connections;
    }

    MemoryBudget messages() {
      return messages;
    }
  }

  /** A connection of this client has begun. */
  synchronized Client enter(ClientAddress address) {
    Client client =
        clients.computeIfAbsent(
            address,
            unknown ->
                new Client(
                    unknown,
                    connections.part(shareOf(bytesForConnections)),
                    messages.part(shareOf(bytesForMessages))));
    client.count++;
    lastArrival = Instant.now();
    return client;
  }

  /** When a connection last began. */
  public synchronized Instant lastArrival() {
    return lastArrival;
  }

  /** A connection of this client has ended. */
  synchronized void leave(Client client) {
    client.count--;
    if (client.count == 0) {
      clients.remove(client.address);
    }
  }

  private static long shareOf(long bytes) {
    return bytes - bytes / SHARE_OF;
  }
}
