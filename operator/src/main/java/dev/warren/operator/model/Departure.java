package dev.warren.operator.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/**
 * A node that goes for good: it was lost, given up by hand, or is one too many. Recorded before the
 * first step, so that what was begun is finished. Times are ISO-8601 texts; null while not reached.
 *
 * @param node its number
 * @param kind why it goes
 * @param because what was seen, in a sentence
 * @param decidedAt when that was decided
 * @param replacedBy the number of the node that comes in its place
 * @param forgottenAt when the other nodes had forgotten it
 * @param completedAt when every node was ready and every queue had all its members again
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Departure(
    int node,
    Kind kind,
    String because,
    String decidedAt,
    Integer replacedBy,
    String forgottenAt,
    String completedAt) {

  /** Why a node goes. */
  public enum Kind {
    LOST,
    GIVEN_UP,
    SURPLUS
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether it is still to be forgotten by the other nodes. */
  @JsonIgnore
  public boolean isUnderway() {
    return forgottenAt == null;
  }

  /** Whether the nodes are whole again without it. */
  @JsonIgnore
  public boolean isComplete() {
    return completedAt != null;
  }

  public Departure replacedBy(int number) {
    return new Departure(node, kind, because, decidedAt, number, forgottenAt, completedAt);
  }

  public Departure forgottenAt(String time) {
    return new Departure(node, kind, because, decidedAt, replacedBy, time, completedAt);
  }

  public Departure completedAt(String time) {
    return new Departure(node, kind, because, decidedAt, replacedBy, forgottenAt, time);
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can be written as JSON", e);
    }
  }

  static Optional<Departure> fromJson(String json) {
    try {
      return json == null ? Optional.empty() : Optional.of(JSON.readValue(json, Departure.class));
    } catch (JsonProcessingException e) {
      // Somebody spoilt it. What it began shows again in what is observed.
      return Optional.empty();
    }
  }
}
