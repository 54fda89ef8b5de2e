package dev.warren.operator.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Objects;
import java.util.Optional;

/**
 * The removal of a node for good: it was lost, given up by hand, or is one too many. Recorded
 * before the first step, so that what was begun is finished. Times are ISO-8601 texts.
 *
 * @param node its number
 * @param kind why it is removed
 * @param because what was seen, in a sentence
 * @param phase how far the removal is
 * @param since when that phase began
 * @param decidedAt when the removal was decided
 * @param blank whether it found its volume empty and has not started since; its Pod, which says so
 *     too, may be gone by now
 * @param replacedBy the number of the node that takes its place; null while there is none
 * @param forgottenAt when the other nodes had forgotten it; null while they have not
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
    String forgottenAt) {

  /** Why a node is removed. */
  public enum Kind {
    LOST("Lost"),
    GIVEN_UP("GivenUp"),
    SURPLUS("Surplus");

    private final String wire;

    Kind(String wire) {
      this.wire = wire;
    }

    /** What status says. */
    public String wire() {
      return wire;
    }
  }

  /**
   * How far a removal is. docs/node-removal.md draws the phases and says what ends each of them.
   */
  public enum Phase {
    /** It is on record. Nothing was done yet. */
    DECIDED("Decided"),
    /** The node runs until the one in its place has joined. */
    AWAITING_REPLACEMENT("AwaitingReplacement"),
    /** The node runs until every queue has its members on the others. */
    AWAITING_MEMBERS("AwaitingMembers"),
    /** The node runs, gets no new clients, and gives up its members of queues. */
    DRAINING("Draining"),
    /** The node holds nothing any more and is stopped. */
    STOPPING("Stopping"),
    /** The node was stopped and turned out to hold the only copy of a queue: it starts again. */
    RESTARTING("Restarting"),
    /** The node does not run, and the others cannot do without it yet. */
    HELD("Held"),
    /** The node does not run, and is forgotten when its name can no longer be resolved. */
    ISOLATING("Isolating"),
    /** The other nodes are told to forget it. */
    FORGETTING("Forgetting"),
    /** The other nodes have forgotten it. Nothing that it left was removed yet. */
    FORGOTTEN("Forgotten"),
    /** Its Pod and its volume are removed. */
    CLEARING("Clearing"),
    /** Nothing is left of it. The others are not whole again yet. */
    RESTORING("Restoring"),
    /** Every node is ready, and every queue has all its members. */
    DONE("Done");

    private final String wire;

    Phase(String wire) {
      this.wire = wire;
    }

    /** What status says. */
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

  /** Refuses a record of which a part is missing. */
  public NodeRemoval {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(because, "because");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(decidedAt, "decidedAt");
  }

  /** One of which nothing was done yet. */
  public static NodeRemoval decided(int node, Kind kind, String because, String at) {
    return new NodeRemoval(node, kind, because, Phase.DECIDED, at, at, false, null, null);
  }

  /** Whether the other nodes still know the node. */
  @JsonIgnore
  public boolean isUnderway() {
    return !phase.isForgotten();
  }

  /** Whether the nodes are whole again without it. */
  @JsonIgnore
  public boolean isDone() {
    return phase == Phase.DONE;
  }

  /** Is in that phase from now on, or still is. */
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
        next.isForgotten() ? forgotten : null);
  }

  /** Another node takes its place. */
  public NodeRemoval replacedBy(int number) {
    return new NodeRemoval(
        node, kind, because, phase, since, decidedAt, blank, number, forgottenAt);
  }

  /** It has found its volume empty, or has started with data. */
  public NodeRemoval blank(boolean isBlank) {
    return new NodeRemoval(
        node, kind, because, phase, since, decidedAt, isBlank, replacedBy, forgottenAt);
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
      // Somebody spoilt it. What it began shows again in what is observed.
      return Optional.empty();
    }
  }
}
