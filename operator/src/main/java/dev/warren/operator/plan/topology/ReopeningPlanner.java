package dev.warren.operator.plan.topology;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans the recovery after an operator that ended while it locked clients out. */
public final class ReopeningPlanner {

  private ReopeningPlanner() {}

  /**
   * Lets clients connect again. Before that, it declares the queue, which the earlier operator may
   * have deleted and not declared again. It does nothing if somebody else locked them out.
   *
   * @param broker a broker that refuses clients
   */
  public static List<BrokerAction> plan(BrokerDefinitions desired, Reachable broker) {
    Set<String> sheltered = MigrationPlanner.sheltered(broker);
    if (sheltered.isEmpty()) {
      return List.of();
    }
    Set<String> deleted =
        sheltered.stream()
            .filter(desired.queues()::containsKey)
            .filter(
                queue ->
                    !broker.definitions().queues().containsKey(queue)
                        || broker.halfDeleted().contains(queue))
            .collect(Collectors.toSet());
    return Stream.of(
            UnfinishedDeletions.plan(broker, Set.of()).stream(),
            deleted.stream()
                .map(queue -> desired.policies().get(DesiredDefinitions.policyName(queue)))
                .filter(Objects::nonNull)
                .map(PutPolicy::new),
            deleted.stream().map(desired.queues()::get).map(DeclareQueue::new),
            desired.bindings().stream()
                .filter(binding -> deleted.contains(binding.queue()))
                .map(Bind::new),
            Stream.of(new LetClientsIn()))
        .<BrokerAction>flatMap(actions -> actions)
        .toList();
  }
}
