package dev.warren.operator.plan.topology;

import dev.warren.api.v1alpha1.QueueSpec.QueueDeletion;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.RemoveExchange;
import dev.warren.operator.action.BrokerAction.RemovePolicy;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Plans the removal of what the resource has declared and no longer declares, in an order that
 * loses no message: bindings, queues, policies, exchanges. What is not in the record belongs to
 * somebody else and is left alone.
 */
public final class PrunePlanner {

  private final BrokerDefinitions desired;
  private final OwnershipRecord wanted;
  private final Reachable broker;
  private final Set<String> consumed;
  private final Set<String> formerNames;
  private final List<BrokerAction> removals = new ArrayList<>();
  private final List<Retained> retained = new ArrayList<>();

  /**
   * @param record the record that must be written before anything else is done
   * @param removals in their order
   * @param retained what cannot be removed, or not yet
   */
  public record PrunePlan(
      OwnershipRecord record, List<BrokerAction> removals, List<Retained> retained) {}

  private PrunePlanner(
      BrokerDefinitions desired,
      OwnershipRecord wanted,
      Reachable broker,
      Set<String> consumed,
      Set<String> formerNames) {
    this.desired = desired;
    this.wanted = wanted;
    this.broker = broker;
    this.consumed = consumed;
    this.formerNames = formerNames;
  }

  /**
   * The plan.
   *
   * @param consumed queues that a Pod of the topology's consumers may still be connected to
   * @param formerNames queues whose messages move to renamed queues, and which stay
   */
  public static PrunePlan plan(
      BrokerDefinitions desired,
      OwnershipRecord wanted,
      Reachable broker,
      Set<String> consumed,
      Set<String> formerNames) {
    return new PrunePlanner(desired, wanted, broker, consumed, formerNames).plan();
  }

  private PrunePlan plan() {
    Set<Binding> bindings = surplusBindings();
    Map<String, QueueDeletion> queues = surplusQueues();
    Set<String> exchanges = surplusExchanges();
    // Sorted like the others, so that the same observation gives the same plan.
    bindings.stream()
        .sorted(Comparator.comparing(Binding::describe))
        .map(Unbind::new)
        .forEach(removals::add);
    queues.forEach(this::planQueue);
    OwnershipRecord record = record(exchanges, queues, bindings);
    record.queues().keySet().forEach(this::planPolicy);
    exchanges.forEach(exchange -> planExchange(exchange, bindings));
    return new PrunePlan(record, List.copyOf(removals), List.copyOf(retained));
  }

  private Set<Binding> surplusBindings() {
    Set<Binding> surplus = new HashSet<>(broker.declared().bindings());
    surplus.removeAll(wanted.bindings());
    surplus.retainAll(broker.definitions().bindings());
    return surplus;
  }

  /**
   * Includes queues whose policy still exists: without the record, nobody would remove the policy.
   */
  private Map<String, QueueDeletion> surplusQueues() {
    Map<String, QueueDeletion> surplus = new TreeMap<>(broker.declared().queues());
    surplus.keySet().removeAll(wanted.queues().keySet());
    surplus.keySet().removeIf(queue -> !exists(queue) && !hasPolicy(queue));
    return surplus;
  }

  private Set<String> surplusExchanges() {
    Set<String> surplus = new TreeSet<>(broker.declared().exchanges());
    surplus.removeAll(wanted.exchanges());
    surplus.retainAll(broker.definitions().exchanges().keySet());
    return surplus;
  }

  /**
   * What is desired, and what still exists of earlier declarations. What somebody else has declared
   * with other settings is not added.
   */
  private OwnershipRecord record(
      Set<String> exchanges, Map<String, QueueDeletion> queues, Set<Binding> bindings) {
    Set<String> allExchanges = new HashSet<>(exchanges);
    wanted.exchanges().stream().filter(this::exchangeMayBeOurs).forEach(allExchanges::add);
    Map<String, QueueDeletion> allQueues = new HashMap<>(queues);
    wanted
        .queues()
        .forEach(
            (queue, onDelete) -> {
              if (queueMayBeOurs(queue)) {
                allQueues.put(queue, onDelete);
              }
            });
    Set<Binding> allBindings = new HashSet<>(bindings);
    allBindings.addAll(wanted.bindings());
    return new OwnershipRecord(allExchanges, allQueues, allBindings);
  }

  private boolean exchangeMayBeOurs(String exchange) {
    Exchange actual = broker.definitions().exchanges().get(exchange);
    return actual == null
        || actual.equals(desired.exchanges().get(exchange))
        || broker.declared().exchanges().contains(exchange);
  }

  private boolean queueMayBeOurs(String queue) {
    Queue actual = broker.definitions().queues().get(queue);
    return actual == null
        || actual.equals(desired.queues().get(queue))
        || broker.declared().queues().containsKey(queue);
  }

  private void planQueue(String queue, QueueDeletion onDelete) {
    if (!exists(queue) || broker.halfDeleted().contains(queue) || formerNames.contains(queue)) {
      return;
    }
    Optional<String> obstacle =
        consumed.contains(queue)
            ? Optional.of("A consumer of this resource still uses it")
            : obstacle(queue, onDelete);
    obstacle.ifPresentOrElse(
        because -> retained.add(new Retained(Retained.QUEUE, queue, because)),
        () -> removals.add(new RemoveQueue(queue, onDelete == QueueDeletion.DeleteIfEmpty)));
  }

  private Optional<String> obstacle(String queue, QueueDeletion onDelete) {
    return switch (onDelete) {
      case Delete -> Optional.empty();
      case Retain -> Optional.of("Its onDelete is Retain");
      case DeleteIfEmpty ->
          isStream(queue)
              ? Optional.of(
                  "Its onDelete is DeleteIfEmpty, and a stream keeps its messages; Delete deletes"
                      + " it with all of them")
              : whyNotEmpty(queue).map(because -> because + ", and its onDelete is DeleteIfEmpty");
    };
  }

  private Optional<String> whyNotEmpty(String queue) {
    QueueState state = broker.queues().get(queue);
    if (state == null || state.leader().isEmpty()) {
      return Optional.of("It has no leader, so nothing is known about its messages");
    }
    if (state.messages().isEmpty()) {
      return Optional.of("RabbitMQ has not counted its messages yet");
    }
    return state.seemsEmpty() ? Optional.empty() : Optional.of("It has messages");
  }

  private boolean isStream(String queue) {
    return broker.definitions().queues().get(queue).type().equals("stream");
  }

  /** A policy stays as long as its queue, even if the resource no longer declares the queue. */
  private void planPolicy(String queue) {
    String policy = DesiredDefinitions.policyName(queue);
    boolean unwanted = !desired.policies().containsKey(policy);
    if (hasPolicy(queue) && unwanted && (desired.queues().containsKey(queue) || !exists(queue))) {
      removals.add(new RemovePolicy(policy));
    }
  }

  private void planExchange(String exchange, Set<Binding> going) {
    String others =
        broker.definitions().bindings().stream()
            .filter(binding -> binding.exchange().equals(exchange) && !going.contains(binding))
            .map(binding -> "'" + binding.queue() + "'")
            .distinct()
            .sorted()
            .limit(5)
            .collect(Collectors.joining(", "));
    if (others.isEmpty()) {
      removals.add(new RemoveExchange(exchange));
    } else {
      retained.add(
          new Retained(
              Retained.EXCHANGE,
              exchange,
              "It has bindings that this resource did not declare, to " + others));
    }
  }

  private boolean exists(String queue) {
    return broker.definitions().queues().containsKey(queue);
  }

  private boolean hasPolicy(String queue) {
    return broker.definitions().policies().containsKey(DesiredDefinitions.policyName(queue));
  }
}
