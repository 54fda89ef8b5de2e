package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopology;
import java.util.Map;

/** What the operator may do with a topology, according to its annotation {@value #ANNOTATION}. */
public enum Mode {
  /** It reconciles: the annotation is absent. */
  ACT,
  /** It observes and reports, and changes nothing: "paused". */
  PAUSED,
  /** It observes and reports what it would change, and changes nothing: "plan". */
  PLAN,
  /**
   * It changes nothing: the annotation has an unknown value, which may be meant to forbid changes.
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
