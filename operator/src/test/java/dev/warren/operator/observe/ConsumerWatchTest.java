package dev.warren.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueConsumers;
import dev.warren.operator.plan.consumers.ConsumedQueues;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Since when a queue may count as not consumed: only for as long as that is known. */
class ConsumerWatchTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Map<String, Move> NO_MOVES = Map.of();
  private static final ConsumedQueues QUEUES =
      new ConsumedQueues(
          Serialization.unmarshal(
                  "consumers: [{name: worker, queue: hello}]", MessageTopologySpec.class)
              .consumers(),
          List.of(
              Serialization.unmarshal(
                  """
                  kind: Pod
                  apiVersion: v1
                  metadata: {name: orders-worker-a, labels: {warren.dev/consumer: worker}}
                  spec: {containers: [{name: app, env: [{name: RABBITMQ_QUEUE, value: hello}]}]}
                  status: {conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T11:00:00Z"}]}
                  """,
                  Pod.class)));

  private final ConsumerWatch watch = new ConsumerWatch();
  private Optional<QueueConsumers> last = Optional.empty();

  @Test
  void aQueueWithoutConsumersForAMinuteIsKnown() {
    count(0, 0, "a");
    count(30, 0, "a");
    assertThat(areTooFew(30)).isFalse();

    count(60, 0, "a");
    assertThat(areTooFew(60)).isTrue();
  }

  @Test
  void whileTheBrokerDoesNotAnswerNothingIsKnownAndTheTimeBeginsAgain() {
    count(0, 0, "a");
    last = Optional.ofNullable(watch.unknown("uid").get("hello"));
    assertThat(last).isEmpty();

    count(60, 0, "a");
    assertThat(areTooFew(60)).isFalse();
    count(120, 0, "a");
    assertThat(areTooFew(120)).isTrue();
  }

  @Test
  void withoutACountNothingIsKnownAndTheTimeBeginsAgain() {
    count(0, 0, "a");
    update(30, Map.of(), "a", NO_MOVES);
    assertThat(last).isEmpty();

    count(60, 0, "a");
    assertThat(areTooFew(60)).isFalse();
  }

  /** The last leader may still report what it counted long ago. */
  @Test
  void aCountIsNotKnownUntilTheLastLeadersIsForgotten() {
    count(0, 0, "a");
    count(60, 0, "b");
    assertThat(last).isEmpty();
    update(70, Map.of(), null, NO_MOVES);
    count(180, 0, "b");
    assertThat(last).isEmpty();

    count(190, 0, "b");
    assertThat(last).isPresent();
    assertThat(areTooFew(190)).isFalse();
  }

  @Test
  void aLeaderThatIsElectedAgainIsTheSameOne() {
    count(0, 0, "a");
    update(10, Map.of(), null, NO_MOVES);
    count(20, 0, "a");

    assertThat(last).isPresent();
  }

  @Test
  void aQueueThatWasMissingHadNoLeaderBefore() {
    count(0, 0, "a");
    update(10, Map.of(), "", NO_MOVES);
    count(20, 0, "b");

    assertThat(last).isPresent();
  }

  @Test
  void aQueueThatWasRecreatedHadNoLeaderBefore() {
    count(0, 0, "a");
    update(10, Map.of(), "a", Map.of("out", new Move("hello", "shelter")));
    count(20, 0, "b");

    assertThat(last).isPresent();
  }

  @Test
  void aRestartedOperatorBeginsAgain() {
    count(0, 0, "a");
    ConsumerWatch another = new ConsumerWatch();

    QueueConsumers first =
        another
            .update(
                "uid",
                broker("a", NO_MOVES),
                QUEUES,
                Map.of("hello", new ConsumerCount(0, 10)),
                NOON.plusSeconds(60))
            .get("hello");

    assertThat(first.areTooFewFor(MINUTE, NOON.plusSeconds(60))).isFalse();
  }

  private boolean areTooFew(int second) {
    return last.orElseThrow().areTooFewFor(MINUTE, NOON.plusSeconds(second));
  }

  private void count(int second, long consumers, String leader) {
    update(second, Map.of("hello", new ConsumerCount(consumers, 10)), leader, NO_MOVES);
  }

  private void update(
      int second, Map<String, ConsumerCount> counted, String leader, Map<String, Move> moves) {
    last =
        Optional.ofNullable(
            watch
                .update("uid", broker(leader, moves), QUEUES, counted, NOON.plusSeconds(second))
                .get("hello"));
  }

  /**
   * @param leader null if there is none; empty if there is no queue
   */
  private static Reachable broker(String leader, Map<String, Move> moves) {
    QueueState hello =
        new QueueState("hello", Optional.ofNullable(leader), List.of(), List.of(), 10, 0, 0);
    return new Reachable(
        new BrokerDefinitions(Map.of(), Map.of(), Set.of(), Map.of(), Map.of()),
        Map.of(),
        "".equals(leader) ? Map.of() : Map.of("hello", hello),
        OwnershipRecord.NOTHING,
        moves,
        Set.of(),
        false,
        Set.of());
  }
}
