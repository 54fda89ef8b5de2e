package dev.warren.operator.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Objects;
import java.util.Optional;

/**
 * The permanent removal of a node that is lost, was given up by a user, is surplus, or moves to
 * another machine, where a new node takes its place. It is recorded before the first step, so that
 * every removal that begins is finished. Times are ISO-8601 texts.
 *
 * @param node its number
 * @param kind why it is removed
 * @param because what was observed, as a sentence
 * @param phase its current phase
 * @param since when that phase began
 * @param decidedAt when the removal was decided
 * @param blank whether it found its volume empty and has not started since; its Pod, which says so
 *     too, may be gone by now
 * @param replacedBy the number of the node that takes its place; null while there is none
 * @param forgottenAt when the other nodes had forgotten it; null while they have not
 * @param freeMachine for a move, a machine that could take it when the move was decided; else null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeRemoval(
    int node,
    Kind kind,
    String because,
    Phase phase,
    String since,
    String decidedAt,
    boolean blank,
    Integer replacedBy,
    String forgottenAt,
    String freeMachine) {

  /** Why a node is removed. */
  public enum Kind {
    LOST("Lost"),
    GIVEN_UP("GivenUp"),
    SURPLUS("Surplus"),
    MOVED("Moved");

    private final String wire;

    Kind(String wire) {
      this.wire = wire;
    }

    /** Its name in the status. */
    public String wire() {
      return wire;
    }
  }

  /** The phase of a removal. docs/node-removal.md shows all phases and what ends each of them. */
  public enum Phase {
    /** The removal is recorded. Nothing has been done yet. */
    DECIDED("Decided"),
    /** The node runs until the one in its place has joined. */
    AWAITING_REPLACEMENT("AwaitingReplacement"),
    /** The node runs until every queue has its members on the others. */
    AWAITING_MEMBERS("AwaitingMembers"),
    /** The node runs, gets no new clients, and gives up its members of queues. */
    DRAINING("Draining"),
    /** The node no longer has members of queues, and is being stopped. */
    STOPPING("Stopping"),
    /** The node was stopped, and no other node has one of its queues: it starts again. */
    RESTARTING("Restarting"),
    /** The node does not run, and the others still need it. */
    HELD("Held"),
    /** The node does not run. It is forgotten when its name no longer resolves. */
    ISOLATING("Isolating"),
    /** The other nodes are removing it from the cluster. */
    FORGETTING("Forgetting"),
    /** The other nodes have forgotten it. Its Pod and volume have not been removed yet. */
    FORGOTTEN("Forgotten"),
    /** Its Pod and its volume are being removed. */
    CLEARING("Clearing"),
    /** Nothing is left of it. Some other node or queue is not complete yet. */
    RESTORING("Restoring"),
    /** Every node is ready, and every queue has all its members. */
    DONE("Done");

    private final String wire;

    Phase(String wire) {
      this.wire = wire;
    }

    /** Its name in the status. */
    public String wire() {
      return wire;
    }

    /** Whether the other nodes no longer know the node. */
    public boolean isForgotten() {
      return switch (this) {
        case FORGOTTEN, CLEARING, RESTORING, DONE -> true;
        case DECIDED,
            AWAITING_REPLACEMENT,
            AWAITING_MEMBERS,
            DRAINING,
            STOPPING,
            RESTARTING,
            HELD,
            ISOLATING,
            FORGETTING ->
            false;
      };
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Rejects an incomplete record. */
  public NodeRemoval {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(because, "because");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(decidedAt, "decidedAt");
  }

  /** A removal for which nothing has been done yet. */
  public static NodeRemoval decided(int node, Kind kind, String because, String at) {
    return new NodeRemoval(node, kind, because, Phase.DECIDED, at, at, false, null, null, null);
  }

  /** The same as a move, for which there is a free machine. */
  public NodeRemoval to(String machine) {
    return new NodeRemoval(
        node, kind, because, phase, since, decidedAt, blank, replacedBy, forgottenAt, machine);
  }

  /** Whether the other nodes still know the node. */
  @JsonIgnore
  public boolean isUnderway() {
    return !phase.isForgotten();
  }

  /** Whether it is the move of a node that still serves clients, and so can be given up. */
  @JsonIgnore
  public boolean isMoveOfServingNode() {
    return kind == Kind.MOVED
        && switch (phase) {
          case DECIDED, AWAITING_REPLACEMENT, AWAITING_MEMBERS -> true;
          case DRAINING,
              STOPPING,
              RESTARTING,
              HELD,
              ISOLATING,
              FORGETTING,
              FORGOTTEN,
              CLEARING,
              RESTORING,
              DONE ->
              false;
        };
  }

  /** Whether the other nodes and the queues are complete again. */
  @JsonIgnore
  public boolean isDone() {
    return phase == Phase.DONE;
  }

  /** The removal in that phase. The time changes only with the phase. */
  public NodeRemoval enter(Phase next, String now) {
    if (next == phase) {
      return this;
    }
    String forgotten = phase.isForgotten() ? forgottenAt : now;
    return new NodeRemoval(
        node,
        kind,
        because,
        next,
        now,
        decidedAt,
        blank,
        replacedBy,
        next.isForgotten() ? forgotten : null,
        freeMachine);
  }

  /** The removal with the node that takes its place. */
  public NodeRemoval replacedBy(int number) {
    return new NodeRemoval(
        node, kind, because, phase, since, decidedAt, blank, number, forgottenAt, freeMachine);
  }

  /** The removal with what is known about the node's volume: empty, or with data. */
  public NodeRemoval blank(boolean isBlank) {
    return new NodeRemoval(
        node,
        kind,
        because,
        phase,
        since,
        decidedAt,
        isBlank,
        replacedBy,
        forgottenAt,
        freeMachine);
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can be written as JSON", e);
    }
  }

  static Optional<NodeRemoval> fromJson(String json) {
    try {
      return json == null ? Optional.empty() : Optional.of(JSON.readValue(json, NodeRemoval.class));
    } catch (JsonProcessingException e) {
      // Somebody damaged it. The observation still shows what has begun.
      return Optional.empty();
    }
  }
}
