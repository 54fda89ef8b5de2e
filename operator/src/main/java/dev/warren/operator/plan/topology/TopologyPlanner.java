package dev.warren.operator.plan.topology;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareExchange;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Compares the desired definitions with those in the broker, and plans what is missing, in a
 * feasible order. What this resource did not declare is left alone.
 */
public final class TopologyPlanner {

  private final BrokerDefinitions desired;
  private final BrokerDefinitions observed;
  private final Set<String> migrating;
  private final List<BrokerAction> actions = new ArrayList<>();
  private final List<Problem> conflicts = new ArrayList<>();

  private TopologyPlanner(
      BrokerDefinitions desired, BrokerDefinitions observed, Set<String> migrating) {
    this.desired = desired;
    this.observed = observed;
    this.migrating = migrating;
  }

  /**
   * The plan; it has no actions when everything is declared. Never fails.
   *
   * @param migrating queues that are about to be recreated, and keep their policies until then
   */
  public static TopologyPlan plan(
      BrokerDefinitions desired, BrokerDefinitions observed, Set<String> migrating) {
    return new TopologyPlanner(desired, observed, migrating).plan();
  }

  private TopologyPlan plan() {
    desired.exchanges().values().forEach(this::planExchange);
    // Before the queues, to keep the time short in which a queue has no limits: RabbitMQ applies
    // a policy to its queues a moment after it accepts the policy.
    desired.policies().values().stream()
        .filter(policy -> !policy.equals(observed.policies().get(policy.name())))
        .filter(policy -> !isOfOneThatMigrates(policy))
        .forEach(policy -> actions.add(new PutPolicy(policy)));
    desired.queues().values().forEach(this::planQueue);
    desired.bindings().stream()
        .filter(binding -> !observed.bindings().contains(binding))
        .forEach(binding -> actions.add(new Bind(binding)));
    return new TopologyPlan(actions, conflicts);
  }

  private void planExchange(Exchange exchange) {
    Exchange existing = observed.exchanges().get(exchange.name());
    if (existing == null) {
      actions.add(new DeclareExchange(exchange));
    } else {
      compare("exchange", exchange.name(), "type", existing.type(), exchange.type());
      compare("exchange", exchange.name(), "arguments", existing.arguments(), exchange.arguments());
    }
  }

  private void planQueue(Queue queue) {
    Queue existing = observed.queues().get(queue.name());
    if (existing == null) {
      actions.add(new DeclareQueue(queue));
    } else if (!migrating.contains(queue.name())) {
      // The broker may not refuse this: with relaxed checks it silently accepts another type.
      compare("queue", queue.name(), "type", existing.type(), queue.type());
      compare("queue", queue.name(), "arguments", existing.arguments(), queue.arguments());
    }
  }

  private boolean isOfOneThatMigrates(Policy policy) {
    return migrating.stream()
        .anyMatch(queue -> DesiredDefinitions.policyName(queue).equals(policy.name()));
  }

  private void compare(String kind, String name, String what, Object existing, Object wanted) {
    if (!existing.equals(wanted)) {
      conflicts.add(
          new Problem(
              Reason.IMMUTABLE_ARGUMENT,
              "%s '%s' exists with %s %s, and the spec has %s; RabbitMQ cannot change this after the declaration"
                  .formatted(kind, name, what, existing, wanted)));
    }
  }
}
