package dev.warren.gateway.clients;

import dev.warren.gateway.clients.Clients.Client;
import dev.warren.gateway.clients.Door.Crowd;
import dev.warren.gateway.clients.Refusals.Reason;
import dev.warren.gateway.limits.MemoryBudget;

/** One connection's place among the others, or the refusal of it. For any thread. */
public final class Admission {

  private enum State {
    ADMITTED,
    ANSWERED,
    REFUSED,
    ENDED
  }

  private final Door door;
  private final Client client;
  private final Crowd crowd;
  private final Runnable makeRoom;
  private boolean hasMemory;
  private State state = State.REFUSED;

  Admission(Door door, Client client, Crowd crowd, Runnable makeRoom) {
    this.door = door;
    this.client = client;
    this.crowd = crowd;
    this.makeRoom = makeRoom;
  }

  /** Whether the connection may stay open. */
  public boolean isAdmitted() {
    synchronized (door) {
      return state == State.ADMITTED;
    }
  }

  /** Whether a connection that was refused or must make room may stay until it has its answer. */
  public boolean isAnswered() {
    synchronized (door) {
      return state == State.ANSWERED;
    }
  }

  /** The client's memory for messages. */
  public MemoryBudget memory() {
    return client.messages();
  }

  /**
   * Begins requests, or refuses them because too many are under way at the port, or because the
   * client has its part of them: the same part as of the connections. All at once may be more than
   * that part if the client has no others.
   *
   * @param mostOfAll how many may be under way at the port
   */
  public boolean tryBegin(int requests, int mostOfAll) {
    return door.tryBegin(crowd, requests, mostOfAll);
  }

  /**
   * Whether one more request might begin now.
   *
   * @param mostOfAll how many may be under way at the port
   */
  public boolean mayBegin(int mostOfAll) {
    return door.requests() < mostOfAll;
  }

  /** Requests that were begun are over. */
  public void finish(int requests) {
    door.finish(crowd, requests);
  }

  /** Whether the client has so few requests under way that they may go before those of others. */
  public boolean hasFewRequests() {
    return door.hasFewRequests(crowd);
  }

  /** The connection waits for its client from now on. */
  public void waits() {
    synchronized (door) {
      if (state == State.ADMITTED) {
        door.waits(this);
      }
    }
  }

  /** The client waits for the connection: it stays open until its client has an answer. */
  public void isBusy() {
    synchronized (door) {
      if (state == State.ADMITTED) {
        door.isBusy(this);
      }
    }
  }

  /** Counts that the client was refused something on this connection. */
  public void refused(Reason reason) {
    door.refused(reason, client.address());
  }

  /** The connection has ended. Once is enough. */
  public void end() {
    synchronized (door) {
      if (state == State.ENDED) {
        return;
      }
      State was = state;
      state = State.ENDED;
      if (was == State.ADMITTED) {
        door.left(this);
      }
      door.gone(client, hasMemory, was == State.ANSWERED);
    }
  }

  Client client() {
    return client;
  }

  void admitted() {
    hasMemory = true;
    state = State.ADMITTED;
  }

  void refuse() {
    state = door.mayAnswer() ? State.ANSWERED : State.REFUSED;
  }

  void displace() {
    refuse();
    makeRoom.run();
  }
}
