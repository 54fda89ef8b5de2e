package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopology;
import java.util.Map;

/** What the operator may do about a topology, as its annotation {@value #ANNOTATION} says. */
public enum Mode {
  /** Everything: the annotation is absent. */
  ACT,
  /** Nothing, only look and tell: "paused". */
  PAUSED,
  /** Nothing, only look and tell what it would do: "plan". */
  PLAN,
  /**
   * Nothing: the annotation has a value without a meaning, and to act may be just what it forbids.
   */
  UNKNOWN;

  /** The annotation's name. */
  public static final String ANNOTATION = "warren.dev/reconcile";

  /** The mode of a topology. */
  public static Mode of(MessageTopology topology) {
    Map<String, String> annotations = topology.getMetadata().getAnnotations();
    return switch (annotations == null ? null : annotations.get(ANNOTATION)) {
      case null -> ACT;
      case "paused" -> PAUSED;
      case "plan" -> PLAN;
      default -> UNKNOWN;
    };
  }
}
