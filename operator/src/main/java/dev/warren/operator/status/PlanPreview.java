package dev.warren.operator.status;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.SetPlugins;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.ReconcilePlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The changes that wait, each with the fields that it changes, and their old and new values. */
final class PlanPreview {

  private final ReconcilePlan plan;
  private final Optional<Reachable> broker;

  PlanPreview(ReconcilePlan plan, Observation observed) {
    this.plan = plan;
    this.broker = observed.reachable();
  }

  /** All of them, in the order in which they would be made. */
  List<String> all() {
    return plan.describe(this::describe);
  }

  /** Those of the nodes. A move that waits makes no node less ready. */
  List<String> nodes() {
    return Stream.of(
            kubernetes(plan.certificates().actions()),
            kubernetes(plan.support()),
            plan.isMove() ? Stream.<String>empty() : kubernetes(plan.nodes()))
        .flatMap(Function.identity())
        .toList();
  }

  /** Those of what is declared in the broker. */
  List<String> topology() {
    return plan.broker().stream().filter(BrokerAction::isDeclaration).map(this::describe).toList();
  }

  /** Those of the consumers. */
  List<String> consumers() {
    return kubernetes(plan.consumers()).toList();
  }

  private static Stream<String> kubernetes(List<KubernetesAction> actions) {
    return actions.stream().map(KubernetesAction::describe);
  }

  private String describe(BrokerAction action) {
    Map<String, String> changes = changes(action);
    return changes.isEmpty()
        ? action.describe()
        : changes.entrySet().stream()
            .map(change -> change.getKey() + ": " + change.getValue())
            .collect(Collectors.joining("; ", action.describe() + ": ", ""));
  }

  /** The fields that an action changes, each with its old and its new value. */
  private Map<String, String> changes(BrokerAction action) {
    return switch (action) {
      case PutPolicy put -> changes(put.policy());
      case RecreateQueue recreate -> changes(recreate.queue());
      case DeclareQueue declare -> changes(Map.of(), declare.queue().arguments());
      case SetPlugins set -> changes(enabledAt(set.node()), enabled(set.plugins()));
      default -> Map.of();
    };
  }

  private static Map<String, String> changes(Map<String, ?> before, Map<String, ?> after) {
    Set<String> fields = new TreeSet<>(before.keySet());
    fields.addAll(after.keySet());
    Map<String, String> changes = new TreeMap<>();
    fields.stream()
        .filter(field -> !Objects.equals(before.get(field), after.get(field)))
        .forEach(
            field ->
                changes.put(
                    field, "%s -> %s".formatted(value(before, field), value(after, field))));
    return changes;
  }

  private static String value(Map<String, ?> values, String field) {
    return values.containsKey(field) ? String.valueOf(values.get(field)) : "none";
  }

  private Map<String, String> changes(Policy wanted) {
    return broker
        .map(known -> known.definitions().policies().get(wanted.name()))
        .map(actual -> changes(fields(actual), fields(wanted)))
        .orElseGet(() -> changes(Map.of(), wanted.definition()));
  }

  private Map<String, String> changes(Queue wanted) {
    return broker
        .map(known -> known.definitions().queues().get(wanted.name()))
        .map(actual -> changes(fields(actual), fields(wanted)))
        .orElse(Map.of());
  }

  private static Map<String, Object> fields(Policy policy) {
    Map<String, Object> fields = new HashMap<>(policy.definition());
    fields.put("pattern", policy.pattern());
    fields.put("apply-to", policy.applyTo());
    fields.put("priority", policy.priority());
    return fields;
  }

  private static Map<String, Object> fields(Queue queue) {
    Map<String, Object> fields = new HashMap<>(queue.arguments());
    fields.put("type", queue.type());
    return fields;
  }

  private Map<String, String> enabledAt(String node) {
    return broker
        .flatMap(known -> known.member(node))
        .flatMap(Node::plugins)
        .map(PlanPreview::enabled)
        .orElse(Map.of());
  }

  private static Map<String, String> enabled(Set<String> plugins) {
    return plugins.stream().collect(Collectors.toMap(plugin -> plugin, plugin -> "enabled"));
  }
}
