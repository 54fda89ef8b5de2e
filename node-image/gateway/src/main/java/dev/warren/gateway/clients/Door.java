package dev.warren.gateway.clients;

import dev.warren.gateway.clients.Clients.Client;
import dev.warren.gateway.clients.Refusals.Reason;
import dev.warren.gateway.limits.Tally;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Bounds the connections at one port, in all and of each client. The connection that has waited for
 * its client for the longest time makes room for a new one if needed. For any thread.
 */
public final class Door {

  /**
   * How long a connection may wait for its client before it has to make room for others. Enough for
   * a request that is sent at once, and so short that many new connections do not find each other
   * too young.
   */
  static final Duration PATIENCE = Duration.ofMillis(100);

  /**
   * So many connections that are refused or make room get an answer at a time; others are only
   * closed. A client may take its time to read it, and its connection keeps its memory until then.
   */
  static final int MOST_ANSWERED = 100;

  /** A client with more requests under way does not get its replies before others. */
  static final int FEW = 16;

  private final Clients clients;
  private final Refusals refusals;
  private final int bytesPerConnection;
  private final LongSupplier nanos;
  private final Tally answered = new Tally();
  private final Map<Client, Crowd> crowds = new HashMap<>();
  private int most;
  private int mostPerClient;
  private int open;

  /** The requests of all clients that are under way. */
  private int requests;

  /**
   * Nobody may enter yet.
   *
   * @param bytesPerConnection what a connection takes by itself
   */
  public Door(Clients clients, Refusals refusals, int bytesPerConnection) {
    this(clients, refusals, bytesPerConnection, System::nanoTime);
  }

  Door(Clients clients, Refusals refusals, int bytesPerConnection, LongSupplier nanos) {
    this.clients = clients;
    this.refusals = refusals;
    this.bytesPerConnection = bytesPerConnection;
    this.nanos = nanos;
  }

  /** The connections of one client at this port. */
  static final class Crowd {
    private int count;

    /** The requests on them that are under way. */
    private int requests;

    /** Those that wait for their client, the longest waiting first, and since when. */
    private final Map<Admission, Long> waiting = new LinkedHashMap<>();
  }

  /** Changes the limits for new connections. */
  public synchronized void limit(int mostConnections, int mostOfOneClient) {
    most = mostConnections;
    mostPerClient = mostOfOneClient;
  }

  /** How many connections are open. */
  public synchronized int open() {
    return open;
  }

  /** How many requests are under way. */
  public synchronized int requests() {
    return requests;
  }

  /** Counts what was refused later than at the door. */
  public void refused(Reason reason, ClientAddress client) {
    refusals.count(reason, client);
  }

  /**
   * Admits a connection, which waits for its client at first, or refuses it.
   *
   * @param makeRoom ends the connection if it still waits for its client; it must not block
   */
  public synchronized Admission admit(ClientAddress address, Runnable makeRoom) {
    Client client = clients.enter(address);
    Crowd crowd = crowds.getOrDefault(client, new Crowd());
    Reason refused = refusal(client, crowd);
    Admission admission = new Admission(this, client, crowd, makeRoom);
    if (refused == null) {
      open++;
      crowd.count++;
      crowds.put(client, crowd);
      crowd.waiting.put(admission, nanos.getAsLong());
      admission.admitted();
    } else {
      refusals.count(refused, address);
      admission.refuse();
    }
    return admission;
  }

  /** See {@link Admission#tryBegin}. */
  synchronized boolean tryBegin(Crowd crowd, int howMany, int mostOfAll) {
    long part = Math.max(1, (long) mostOfAll * mostPerClient / most);
    if (requests + howMany > mostOfAll || (crowd.requests > 0 && crowd.requests + howMany > part)) {
      return false;
    }
    requests += howMany;
    crowd.requests += howMany;
    return true;
  }

  synchronized void finish(Crowd crowd, int howMany) {
    requests -= howMany;
    crowd.requests -= howMany;
  }

  synchronized boolean hasFewRequests(Crowd crowd) {
    return crowd.requests <= FEW;
  }

  /** Whether one more connection that must go may stay until it has its answer. */
  boolean mayAnswer() {
    return answered.tryAdd(1, MOST_ANSWERED);
  }

  synchronized void waits(Admission admission) {
    crowds.get(admission.client()).waiting.put(admission, nanos.getAsLong());
  }

  synchronized void isBusy(Admission admission) {
    crowds.get(admission.client()).waiting.remove(admission);
  }

  /** An admitted connection has closed. */
  synchronized void left(Admission admission) {
    Crowd crowd = crowds.get(admission.client());
    crowd.waiting.remove(admission);
    remove(admission.client(), crowd);
  }

  /** The connection's memory is free again. */
  void gone(Client client, boolean hadMemory, boolean wasAnswered) {
    if (hadMemory) {
      client.connections().release(bytesPerConnection);
    }
    if (wasAnswered) {
      answered.remove(1);
    }
    clients.leave(client);
  }

  /** Why the connection is refused, or null if there is room. */
  private Reason refusal(Client client, Crowd crowd) {
    boolean isKnown = !client.address().equals(ClientAddress.NOT_KNOWN_YET);
    if (isKnown && crowd.count >= mostPerClient && !displaceOneOf(client, crowd)) {
      return Reason.CLIENT_CONNECTIONS;
    }
    if (open >= most && !displaceOneOfTheLargestCrowd()) {
      return Reason.CONNECTIONS;
    }
    return client.connections().tryReserve(bytesPerConnection) ? null : Reason.MEMORY;
  }

  private boolean displaceOneOfTheLargestCrowd() {
    return crowds.entrySet().stream()
        .max(Comparator.comparingInt(entry -> entry.getValue().count))
        .filter(largest -> displaceOneOf(largest.getKey(), largest.getValue()))
        .isPresent();
  }

  /** Its memory stays reserved until it is closed. */
  private boolean displaceOneOf(Client client, Crowd crowd) {
    Map.Entry<Admission, Long> longest = crowd.waiting.entrySet().stream().findFirst().orElse(null);
    if (longest == null || nanos.getAsLong() - longest.getValue() < PATIENCE.toNanos()) {
      return false;
    }
    Admission displaced = longest.getKey();
    crowd.waiting.remove(displaced);
    remove(client, crowd);
    displaced.displace();
    refusals.count(Reason.DISPLACED, client.address());
    return true;
  }

  private void remove(Client client, Crowd crowd) {
    open--;
    crowd.count--;
    if (crowd.count == 0) {
      crowds.remove(client);
    }
  }
}
