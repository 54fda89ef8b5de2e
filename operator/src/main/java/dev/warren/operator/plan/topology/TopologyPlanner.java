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
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares the desired definitions with those in the broker, and plans what is missing, in a
 * feasible order. What this resource did not declare is left alone.
 */
public final class TopologyPlanner {

  private static final String STREAM = "stream";

  private static final String MIGRATE =
      "RabbitMQ cannot change it: set the queue's immutableChanges to Migrate to recreate the queue"
          + " with its messages, or revert the change";

  private static final String OTHER_NAME =
      "RabbitMQ cannot change it: revert the change, or use another name";

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
      Fixed fixed = new Fixed("exchange", exchange.name(), OTHER_NAME);
      fixed.compare("type", Map.of("", existing.type()), Map.of("", exchange.type()));
      fixed.compare("arguments", existing.arguments(), exchange.arguments());
    }
  }

  private void planQueue(Queue queue) {
    Queue existing = observed.queues().get(queue.name());
    if (existing == null) {
      actions.add(new DeclareQueue(queue));
    } else if (!migrating.contains(queue.name())) {
      // The broker may not refuse this: with relaxed checks it silently accepts another type.
      boolean mayMigrate = !existing.type().equals(STREAM) && !queue.type().equals(STREAM);
      Fixed fixed = new Fixed("queue", queue.name(), mayMigrate ? MIGRATE : OTHER_NAME);
      fixed.compare("type", Map.of("", existing.type()), Map.of("", queue.type()));
      fixed.compare("arguments", existing.arguments(), queue.arguments());
    }
  }

  private boolean isOfOneThatMigrates(Policy policy) {
    return migrating.stream()
        .anyMatch(queue -> DesiredDefinitions.policyName(queue).equals(policy.name()));
  }

  /**
   * What RabbitMQ fixes when it declares an exchange or a queue.
   *
   * @param advice what the user can do instead
   */
  private final class Fixed {
    private final String kind;
    private final String name;
    private final String advice;

    private Fixed(String kind, String name, String advice) {
      this.kind = kind;
      this.name = name;
      this.advice = advice;
    }

    /** Compares the values of a field, which has keys if it is a map. */
    private void compare(String field, Map<String, ?> existing, Map<String, ?> wanted) {
      Set<String> keys = new TreeSet<>(existing.keySet());
      keys.addAll(wanted.keySet());
      keys.stream()
          .filter(key -> !Objects.equals(existing.get(key), wanted.get(key)))
          .forEach(
              key ->
                  conflicts.add(
                      new Problem(
                          Reason.IMMUTABLE_ARGUMENT,
                          "spec.%ss[name=%s].%s%s: the %s exists with %s, and the spec has %s; %s"
                              .formatted(
                                  kind,
                                  name,
                                  field,
                                  key.isEmpty() ? "" : "." + key,
                                  kind,
                                  text(existing.get(key)),
                                  text(wanted.get(key)),
                                  advice))));
    }

    private static String text(Object value) {
      return value == null ? "none" : value.toString();
    }
  }
}
