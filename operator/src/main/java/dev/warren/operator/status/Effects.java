package dev.warren.operator.status;

import dev.warren.operator.model.Mode;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Retained;
import java.util.List;

/**
 * What a pass did, or would have done.
 *
 * @param mode what it was allowed to do
 * @param planned everything that it would have done, in words; told under {@link Mode#PLAN} only
 * @param support what was changed of what the nodes need
 * @param broker what was changed in the broker
 * @param consumers what was changed of the consumers
 * @param retained what the resource declares no more and that is still in the broker
 */
public record Effects(
    Mode mode,
    List<String> planned,
    List<KubernetesAction> support,
    List<BrokerAction> broker,
    List<KubernetesAction> consumers,
    List<Retained> retained) {

  /** Nothing, although everything was allowed. */
  public static final Effects NONE =
      new Effects(Mode.ACT, List.of(), List.of(), List.of(), List.of(), List.of());

  /** Copies the lists. */
  public Effects {
    planned = List.copyOf(planned);
    support = List.copyOf(support);
    broker = List.copyOf(broker);
    consumers = List.copyOf(consumers);
    retained = List.copyOf(retained);
  }

  /** Nothing, because no more was allowed. */
  static Effects held(Mode mode, List<String> planned, List<Retained> retained) {
    return new Effects(mode, planned, List.of(), List.of(), List.of(), retained);
  }
}
