package dev.warren.operator.plan.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareExchange;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TopologyPlannerTest {

  private static final BrokerDefinitions NOTHING =
      new BrokerDefinitions(Map.of(), Map.of(), Set.of(), Map.of(), Map.of());

  @Example
  void missingObjectsAreDeclaredInOrder() {
    Exchange exchange = new Exchange("events", "topic", Map.of());
    Queue queue = new Queue("shipments", "quorum", Map.of());
    Binding binding = new Binding("events", "shipments", "order.*", Map.of());
    Policy policy =
        new Policy("p", "^shipments$", "quorum_queues", 100, Map.of("message-ttl", 1000));

    TopologyPlan plan =
        TopologyPlanner.plan(
            new BrokerDefinitions(
                Map.of("events", exchange),
                Map.of("shipments", queue),
                Set.of(binding),
                Map.of("p", policy),
                Map.of()),
            NOTHING,
            Set.of());

    assertThat(plan.problems()).isEmpty();
    assertThat(plan.actions())
        .containsExactly(
            new DeclareExchange(exchange),
            new PutPolicy(policy),
            new DeclareQueue(queue),
            new Bind(binding));
  }

  @Example
  void aQueueOfAnotherTypeIsReportedAndKept() {
    TopologyPlan plan =
        TopologyPlanner.plan(
            queues(new Queue("a", "quorum", Map.of())),
            queues(new Queue("a", "classic", Map.of())),
            Set.of());

    assertThat(plan.actions()).isEmpty();
    assertThat(plan.problems())
        .extracting(Problem::message)
        .containsExactly(
            "spec.queues[name=a].type: the queue exists with classic, and the spec has quorum;"
                + " RabbitMQ cannot change it: set the queue's immutableChanges to Migrate to"
                + " recreate the queue with its messages, or revert the change");
  }

  @Example
  void aFixedArgumentIsReportedWithItsPathAndWhatToDo() {
    TopologyPlan queue =
        TopologyPlanner.plan(
            queues(new Queue("a", "quorum", Map.of("x-max-length", 5))),
            queues(new Queue("a", "quorum", Map.of("x-expires", 9))),
            Set.of());
    TopologyPlan stream =
        TopologyPlanner.plan(
            queues(new Queue("s", "stream", Map.of("x-max-age", "1h"))),
            queues(new Queue("s", "stream", Map.of("x-max-age", "2h"))),
            Set.of());

    assertThat(queue.problems())
        .extracting(Problem::message)
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith(
                        "spec.queues[name=a].arguments.x-expires: the queue exists with 9, and the"
                            + " spec has none; "),
            second ->
                assertThat(second)
                    .startsWith(
                        "spec.queues[name=a].arguments.x-max-length: the queue exists with none, and"
                            + " the spec has 5; ")
                    .contains("immutableChanges to Migrate"));
    assertThat(stream.problems())
        .extracting(Problem::message)
        .containsExactly(
            "spec.queues[name=s].arguments.x-max-age: the queue exists with 2h, and the spec has 1h;"
                + " RabbitMQ cannot change it: revert the change, or use another name");
  }

  @Example
  void equalWholeNumbersOfDifferentJavaTypesAreEqual() {
    TopologyPlan plan =
        TopologyPlanner.plan(
            queues(new Queue("a", "quorum", Map.of("x-n", 5L))),
            queues(new Queue("a", "quorum", Map.of("x-n", 5))),
            Set.of());

    assertThat(plan).isEqualTo(new TopologyPlan(List.of(), List.of()));
  }

  @Property
  void aPlanThatWasCarriedOutLeavesNothingToDo(
      @ForAll("definitions") BrokerDefinitions desired,
      @ForAll("definitions") BrokerDefinitions observed) {
    BrokerDefinitions after =
        carriedOut(TopologyPlanner.plan(desired, observed, Set.of()), observed);

    assertThat(TopologyPlanner.plan(desired, after, Set.of()).actions()).isEmpty();
  }

  @Property
  void undeclaredObjectsAreLeftAlone(
      @ForAll("definitions") BrokerDefinitions desired,
      @ForAll("definitions") BrokerDefinitions observed) {
    BrokerDefinitions after =
        carriedOut(TopologyPlanner.plan(desired, observed, Set.of()), observed);

    assertThat(after.queues()).containsAllEntriesOf(observed.queues());
    assertThat(after.exchanges()).containsAllEntriesOf(observed.exchanges());
    assertThat(after.bindings()).containsAll(observed.bindings());
    Map<String, Policy> others = new HashMap<>(observed.policies());
    others.keySet().removeAll(desired.policies().keySet());
    assertThat(after.policies()).containsAllEntriesOf(others);
  }

  private static BrokerDefinitions queues(Queue queue) {
    return new BrokerDefinitions(
        Map.of(), Map.of(queue.name(), queue), Set.of(), Map.of(), Map.of());
  }

  /** What a broker would have after the plan; its immutable maps refuse other changes. */
  private static BrokerDefinitions carriedOut(TopologyPlan plan, BrokerDefinitions before) {
    Map<String, Exchange> exchanges = new HashMap<>(before.exchanges());
    Map<String, Queue> queues = new HashMap<>(before.queues());
    Map<String, Policy> policies = new HashMap<>(before.policies());
    Set<Binding> bindings = new HashSet<>(before.bindings());
    for (BrokerAction action : plan.actions()) {
      switch (action) {
        case DeclareExchange(Exchange exchange) ->
            assertThat(exchanges.putIfAbsent(exchange.name(), exchange)).isNull();
        case DeclareQueue(Queue queue) ->
            assertThat(queues.putIfAbsent(queue.name(), queue)).isNull();
        case PutPolicy(Policy policy) -> policies.put(policy.name(), policy);
        case Bind(Binding binding) -> {
          assertThat(exchanges).containsKey(binding.exchange());
          assertThat(queues).containsKey(binding.queue());
          bindings.add(binding);
        }
        default -> throw new AssertionError("not an action of this planner: " + action);
      }
    }
    return new BrokerDefinitions(exchanges, queues, bindings, policies, Map.of());
  }

  @Provide
  Arbitrary<BrokerDefinitions> definitions() {
    Arbitrary<String> names = Arbitraries.of("a", "b", "c");
    Arbitrary<Map<String, Object>> arguments = Arbitraries.of(Map.of(), Map.of("x-n", 1));
    Arbitrary<Exchange> exchanges =
        Combinators.combine(names, Arbitraries.of("topic", "direct"), arguments).as(Exchange::new);
    Arbitrary<Queue> queues =
        Combinators.combine(names, Arbitraries.of("quorum", "classic"), arguments).as(Queue::new);
    Arbitrary<Policy> policies =
        Combinators.combine(names, arguments)
            .as((name, settings) -> new Policy(name, name, "quorum_queues", 100, settings));
    return Combinators.combine(
            exchanges.list().ofMaxSize(3),
            queues.list().ofMaxSize(3),
            policies.list().ofMaxSize(3),
            arguments)
        .as(TopologyPlannerTest::consistent);
  }

  /** Binds every exchange to every queue, so that no binding is to something undeclared. */
  private static BrokerDefinitions consistent(
      List<Exchange> exchanges,
      List<Queue> queues,
      List<Policy> policies,
      Map<String, Object> arguments) {
    Map<String, Exchange> exchangesByName = new LinkedHashMap<>();
    exchanges.forEach(exchange -> exchangesByName.put(exchange.name(), exchange));
    Map<String, Queue> queuesByName = new LinkedHashMap<>();
    queues.forEach(queue -> queuesByName.put(queue.name(), queue));
    Map<String, Policy> policiesByName = new LinkedHashMap<>();
    policies.forEach(policy -> policiesByName.put(policy.name(), policy));
    Set<Binding> bindings = new HashSet<>();
    for (String exchange : exchangesByName.keySet()) {
      for (String queue : queuesByName.keySet()) {
        bindings.add(new Binding(exchange, queue, "", arguments));
      }
    }
    return new BrokerDefinitions(exchangesByName, queuesByName, bindings, policiesByName, Map.of());
  }
}
