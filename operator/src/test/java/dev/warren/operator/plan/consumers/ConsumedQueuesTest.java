package dev.warren.operator.plan.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.Messages;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.ObservedObjects;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which Pods should consume a queue, and of which queues the consumers are counted. */
class ConsumedQueuesTest {

  private static final ResourceNames NAMES = ResourceNames.of("shop", "orders");
  private static final String READY =
      "{conditions: [{type: Ready, status: 'True', lastTransitionTime: '2026-01-01T11:00:00Z'}]}";

  private final List<Pod> pods = new ArrayList<>();
  private Optional<String> leader = Optional.of("a");
  private long ready = 1;
  private boolean counted = true;
  private Map<String, Move> moves = Map.of();
  private boolean closed;
  private String annotations = "{}";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a ready Pod           | {}                                        | hello  | True  | 1",
        "one that is not ready | {}                                        | hello  | False | 0",
        "one that ends         | {deletionTimestamp: '2026-01-01T11:30:00Z'} | hello  | True  | 0",
        "one of the last spec  | {}                                        | before | True  | 0",
      })
  void aPodShouldConsumeTheQueueThatItIsConfiguredFor(
      String seen, String metadata, String queue, String isReady, int expected) {
    pod("worker", metadata, queue, READY.replace("'True'", "'" + isReady + "'"));

    assertThat(consumed().readySince("hello")).hasSize(expected);
  }

  @Test
  void thePodsOfAllConsumersOfAQueueCount() {
    pod("worker", "{}", "hello", READY);
    pod("auditor", "{}", "hello", READY);
    pod("other", "{}", "hello", READY);

    assertThat(consumed().readySince("hello")).hasSize(2);
  }

  @Test
  void consumersAreCountedWhileMessagesWait() {
    pod("worker", "{}", "hello", READY);
    assertThat(toCount()).containsExactly("hello");

    ready = 0;
    assertThat(toCount()).isEmpty();
  }

  @Test
  void consumersAreCountedWhileItIsUnknownWhetherMessagesWait() {
    pod("worker", "{}", "hello", READY);
    counted = false;

    assertThat(toCount()).containsExactly("hello");
  }

  @Test
  void consumersAreCountedAfterTheQueueWasRecreated() {
    pod("worker", "{}", "hello", READY);
    ready = 0;
    annotations = "{warren.dev/queue-recreated: T2, warren.dev/queue-consumed: T1}";
    assertThat(toCount()).containsExactly("hello");

    annotations = "{warren.dev/queue-recreated: T2, warren.dev/queue-consumed: T2}";
    assertThat(toCount()).isEmpty();
  }

  @Test
  void consumersAreNotCountedWithoutAReadyPod() {
    assertThat(toCount()).isEmpty();
  }

  @Test
  void consumersAreNotCountedWithoutALeader() {
    pod("worker", "{}", "hello", READY);
    leader = Optional.empty();

    assertThat(toCount()).isEmpty();
  }

  @Test
  void consumersAreNotCountedWhileAMoveConsumesTheQueueToo() {
    pod("worker", "{}", "hello", READY);
    moves = Map.of("out", new Move("hello", "shelter"));
    assertThat(toCount()).isEmpty();

    moves = Map.of("back", new Move("shelter", "hello"));
    assertThat(toCount()).containsExactly("hello");
  }

  @Test
  void consumersAreNotCountedWhileClientsAreKeptOut() {
    pod("worker", "{}", "hello", READY);
    closed = true;

    assertThat(toCount()).isEmpty();
  }

  private void pod(String consumer, String metadata, String queue, String status) {
    Pod pod =
        Serialization.unmarshal(
            """
            kind: Pod
            apiVersion: v1
            metadata: %s
            spec: {containers: [{name: app, env: [{name: RABBITMQ_QUEUE, value: %s}]}]}
            status: %s
            """
                .formatted(metadata, queue, status),
            Pod.class);
    pod.getMetadata().setLabels(Map.of("warren.dev/consumer", consumer));
    pods.add(pod);
  }

  private ConsumedQueues consumed() {
    List<ConsumerSpec> consumers =
        Serialization.unmarshal(
                "consumers: [{name: worker, queue: hello}, {name: auditor, queue: hello}]",
                MessageTopologySpec.class)
            .consumers();
    return new ConsumedQueues(consumers, pods);
  }

  private Set<String> toCount() {
    Deployment deployment =
        Serialization.unmarshal(
            """
            kind: Deployment
            apiVersion: apps/v1
            metadata: {name: orders-worker, annotations: %s}
            spec: {template: {metadata: {}}}
            """
                .formatted(annotations),
            Deployment.class);
    return consumed().toCount(broker(), NAMES, new ObservedObjects(List.of(deployment)));
  }

  private Reachable broker() {
    return new Reachable(
        new BrokerDefinitions(
            Map.of(),
            Map.of("hello", new Queue("hello", "quorum", Map.of())),
            Set.of(),
            Map.of(),
            Map.of()),
        Map.of(),
        Map.of(
            "hello",
            new QueueState(
                "hello",
                leader,
                List.of(),
                List.of(),
                counted ? Optional.of(new Messages(ready, 0, 0)) : Optional.empty(),
                AppliedPolicies.UNKNOWN)),
        OwnershipRecord.NOTHING,
        moves,
        Set.of(),
        closed,
        Set.of());
  }
}
