package dev.warren.operator.plan.nodes;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.SetPlugins;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Plans the plugins of nodes that run. A node that starts takes them from its configuration; a
 * running one enables and disables them without a restart.
 */
public final class PluginPlanner {

  private PluginPlanner() {}

  public static List<BrokerAction> plan(
      Set<String> wanted, ResourceNames names, Observation observed) {
    return observed.reachable().stream()
        .flatMap(broker -> inService(names, observed).map(broker.nodes()::get))
        .filter(Objects::nonNull)
        .filter(node -> node.plugins().filter(enabled -> !enabled.equals(wanted)).isPresent())
        .<BrokerAction>map(node -> new SetPlugins(node.name(), wanted))
        .toList();
  }

  private static Stream<String> inService(ResourceNames names, Observation observed) {
    return observed.nodes().values().stream()
        .filter(QueueNode::isInService)
        .map(node -> names.brokerNode(node.number()));
  }
}
