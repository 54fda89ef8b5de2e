package dev.warren.operator.plan.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction.RemoveExchange;
import dev.warren.operator.action.BrokerAction.RemovePolicy;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.topology.PrunePlanner.PrunePlan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrunePlannerTest {

  private static final String OLD =
      """
      exchanges: [{name: events, type: topic}]
      queues: [{name: old, type: TYPE, onDelete: POLICY, maxLength: 9}]
      bindings: [{exchange: events, queue: old, routingKey: a}]
      """;
  private static final Binding OURS = new Binding("events", "old", "a", Map.of());

  private final Map<String, Exchange> exchanges = new HashMap<>();
  private final Map<String, Queue> queues = new HashMap<>();
  private final Set<Binding> bindings = new HashSet<>();
  private final Map<String, Policy> policies = new HashMap<>();
  private final Map<String, QueueState> states = new HashMap<>();
  private OwnershipRecord declared = OwnershipRecord.NOTHING;

  @Test
  void bindingsAreRemovedFirstAndExchangesLast() {
    declare(spec("quorum", "DeleteIfEmpty"));

    PrunePlan plan = plan("", Set.of());

    assertThat(plan.removals())
        .containsExactly(
            new Unbind(OURS), new RemoveQueue("old", true), new RemoveExchange("events"));
    assertThat(plan.retained()).isEmpty();
    assertThat(plan.record()).as("until it is seen to be gone").isEqualTo(declared);
  }

  /** Removing the policy with the queue could take its limits away while the queue still lives. */
  @Test
  void aPolicyIsRemovedAfterItsQueueWhichStaysOnRecordUntilThen() {
    declare(spec("quorum", "Delete"));
    queues.clear();
    bindings.clear();
    exchanges.clear();

    PrunePlan plan = plan("", Set.of());

    assertThat(plan.removals()).containsExactly(new RemovePolicy("warren.old"));
    assertThat(plan.record().queues()).containsOnlyKeys("old");
    policies.clear();
    assertThat(plan("", Set.of()))
        .isEqualTo(new PrunePlan(OwnershipRecord.NOTHING, List.of(), List.of()));
  }

  @Test
  void withoutSettingsAQueueHasNoPolicy() {
    declare(spec("quorum", "Delete"));
    policies.put("another", new Policy("another", "^old$", "queues", 500, Map.of("max-length", 1)));

    PrunePlan plan = plan(spec("quorum", "Delete").replace(", maxLength: 9", ""), Set.of());

    assertThat(plan.removals()).containsExactly(new RemovePolicy("warren.old"));
  }

  @ParameterizedTest
  @CsvSource({
    "quorum, DeleteIfEmpty, 1, 0",
    "quorum, DeleteIfEmpty, 0, 1",
    "classic, DeleteIfEmpty, 1, 0",
    "stream, DeleteIfEmpty, 0, 0",
    "quorum, Retain, 0, 0",
    "stream, Retain, 0, 0",
  })
  void aQueueThatMustStayIsRetainedWithoutItsBindings(
      String type, String onDelete, long ready, long unacknowledged) {
    declare(spec(type, onDelete));
    state("old", ready, unacknowledged);

    PrunePlan plan = plan("", Set.of());

    assertThat(plan.removals()).containsExactly(new Unbind(OURS), new RemoveExchange("events"));
    assertThat(plan.retained()).extracting(Retained::name).containsExactly("old");
    assertThat(plan.record().queues()).containsOnlyKeys("old");
  }

  /** Then its counts are zero. */
  @Test
  void aQueueWithoutALeaderIsNotEmpty() {
    declare(spec("quorum", "DeleteIfEmpty"));
    states.put("old", new QueueState("old", Optional.empty(), List.of(), List.of(), 0, 0, 0));

    assertThat(plan("", Set.of()).removals()).noneMatch(RemoveQueue.class::isInstance);
  }

  @Test
  void aQueueWhoseDeadLettersHaveNotArrivedIsNotEmpty() {
    declare(spec("quorum", "DeleteIfEmpty"));
    states.put(
        "old", new QueueState("old", Optional.of("rabbit@a"), List.of(), List.of(), 0, 0, 1));

    assertThat(plan("", Set.of()).removals()).noneMatch(RemoveQueue.class::isInstance);
  }

  @Test
  void aQueueWhoseMessagesAreNotCountedIsNotEmpty() {
    declare(spec("quorum", "DeleteIfEmpty"));
    states.put(
        "old",
        new QueueState(
            "old",
            Optional.of("rabbit@a"),
            List.of(),
            List.of(),
            Optional.empty(),
            AppliedPolicies.UNKNOWN));

    PrunePlan plan = plan("", Set.of());

    assertThat(plan.removals()).noneMatch(RemoveQueue.class::isInstance);
    assertThat(plan.retained())
        .extracting(Retained::because)
        .containsExactly(
            "RabbitMQ has not counted its messages yet, and its onDelete is DeleteIfEmpty");
  }

  @Test
  void aQueueWhoseStateIsUnknownIsNotEmpty() {
    declare(spec("quorum", "DeleteIfEmpty"));
    states.clear();

    assertThat(plan("", Set.of()).removals()).noneMatch(RemoveQueue.class::isInstance);
  }

  @ParameterizedTest
  @CsvSource({"quorum", "classic", "stream"})
  void withDeleteAQueueIsRemovedWithItsMessages(String type) {
    declare(spec(type, "Delete"));
    state("old", 5, 5);

    assertThat(plan("", Set.of()).removals()).contains(new RemoveQueue("old", false));
  }

  @Test
  void aConsumerIsRemovedBeforeItsQueue() {
    declare(spec("quorum", "Delete"));

    PrunePlan plan = plan("", Set.of("old"));

    assertThat(plan.removals()).noneMatch(RemoveQueue.class::isInstance);
    assertThat(plan.retained())
        .containsExactly(new Retained("Queue", "old", "A consumer of this resource still uses it"));
  }

  @Test
  void anExchangeWithABindingOfSomebodyElseIsRetained() {
    declare(spec("quorum", "Delete"));
    queues.put("theirs", new Queue("theirs", "quorum", Map.of()));
    bindings.add(new Binding("events", "theirs", "", Map.of()));

    PrunePlan plan = plan("", Set.of());

    assertThat(plan.removals()).containsExactly(new Unbind(OURS), new RemoveQueue("old", false));
    assertThat(plan.retained())
        .containsExactly(
            new Retained(
                "Exchange",
                "events",
                "It has bindings that this resource did not declare, to 'theirs'"));
    assertThat(plan.record().exchanges()).containsExactly("events");
  }

  @Test
  void objectsThatAreNotOnRecordAreKept() {
    declare(spec("quorum", "Delete"));
    declared = OwnershipRecord.NOTHING;

    assertThat(plan("", Set.of()))
        .isEqualTo(new PrunePlan(OwnershipRecord.NOTHING, List.of(), List.of()));
  }

  @Test
  void existingObjectsAreAdoptedUnlessTheyDiffer() {
    declare(spec("quorum", "Delete"));
    declared = OwnershipRecord.NOTHING;

    assertThat(plan(spec("quorum", "Delete"), Set.of()).record())
        .isEqualTo(OwnershipRecord.of(read(spec("quorum", "Delete"))));
    queues.put("old", new Queue("old", "classic", Map.of()));
    exchanges.put("events", new Exchange("events", "direct", Map.of()));
    OwnershipRecord record = plan(spec("quorum", "Delete"), Set.of()).record();
    assertThat(record.queues()).isEmpty();
    assertThat(record.exchanges()).isEmpty();
  }

  @Test
  void objectsThatAreDeclaredAgainAreNotRemoved() {
    declare(spec("quorum", "Delete"));

    PrunePlan plan = plan(spec("quorum", "Retain"), Set.of());

    assertThat(plan.removals()).isEmpty();
    assertThat(plan.record()).isEqualTo(OwnershipRecord.of(read(spec("quorum", "Retain"))));
  }

  /** After its removal, only the value from its declaration is known. */
  @Test
  void newObjectsAreRecordedBeforeTheyAreDeclared() {
    assertThat(plan(spec("quorum", "Retain"), Set.of()).record())
        .isEqualTo(OwnershipRecord.of(read(spec("quorum", "Retain"))));
  }

  private PrunePlan plan(String spec, Set<String> consumed) {
    MessageTopologySpec read = read(spec);
    return PrunePlanner.plan(
        DesiredDefinitions.of(read),
        OwnershipRecord.of(read),
        new Reachable(
            new BrokerDefinitions(exchanges, queues, bindings, policies, Map.of()),
            Map.of(),
            states,
            declared,
            Map.of(),
            Set.of(),
            false,
            Set.of()),
        consumed,
        Set.of());
  }

  private void declare(String spec) {
    BrokerDefinitions all = DesiredDefinitions.of(read(spec));
    exchanges.putAll(all.exchanges());
    queues.putAll(all.queues());
    bindings.addAll(all.bindings());
    policies.putAll(all.policies());
    all.queues().keySet().forEach(queue -> state(queue, 0, 0));
    declared = OwnershipRecord.of(read(spec));
  }

  private void state(String queue, long ready, long unacknowledged) {
    states.put(
        queue,
        new QueueState(
            queue, Optional.of("rabbit@a"), List.of(), List.of(), ready, unacknowledged, 0));
  }

  private static String spec(String type, String onDelete) {
    String settings = type.equals("stream") ? "maxLengthBytes: 1Gi" : "maxLength: 9";
    return OLD.replace("TYPE", type).replace("POLICY", onDelete).replace("maxLength: 9", settings);
  }

  private static MessageTopologySpec read(String spec) {
    return Specs.of(1, "", spec);
  }
}
