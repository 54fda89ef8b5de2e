package dev.warren.operator.plan;

import dev.warren.operator.action.KubernetesAction;
import java.util.List;

/** Planned actions in short, such as "Create Pod orders-0". */
public final class PlannedActions {

  private PlannedActions() {}

  public static List<String> nodeActions(ReconcilePlan plan) {
    return plan.nodes().stream().map(PlannedActions::inShort).toList();
  }

  public static String inShort(KubernetesAction action) {
    return "%s %s %s"
        .formatted(
            action.getClass().getSimpleName(),
            action.object().getKind(),
            action.object().getMetadata().getName());
  }
}
