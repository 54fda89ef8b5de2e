package dev.warren.operator.status;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.Mode;
import java.util.List;

/**
 * What a pass did, or would have done.
 *
 * @param mode what it was allowed to do
 * @param planned everything that it would have done, as text; reported under {@link Mode#PLAN} only
 * @param support changes to what the nodes need
 * @param broker changes to the broker
 * @param consumers changes to the consumers
 * @param retained what the resource no longer declares and is still in the broker
 */
public record AppliedActions(
    Mode mode,
    List<String> planned,
    List<KubernetesAction> support,
    List<BrokerAction> broker,
    List<KubernetesAction> consumers,
    List<Retained> retained) {

  /** No changes, although all were allowed. */
  public static final AppliedActions NONE =
      new AppliedActions(Mode.ACT, List.of(), List.of(), List.of(), List.of(), List.of());

  /** Copies the lists. */
  public AppliedActions {
    planned = List.copyOf(planned);
    support = List.copyOf(support);
    broker = List.copyOf(broker);
    consumers = List.copyOf(consumers);
    retained = List.copyOf(retained);
  }

  /** No changes, because none were allowed. */
  static AppliedActions held(Mode mode, List<String> planned, List<Retained> retained) {
    return new AppliedActions(mode, planned, List.of(), List.of(), List.of(), retained);
  }
}
