package dev.warren.operator.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.scaling.QueueReading.Known;
import dev.warren.operator.scaling.QueueReading.Unknown;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ConsumerScalerPropertyTest {

  /**
   * The next observation, valid or not.
   *
   * @param ready how many replicas of those wanted
   */
  record Seen(int seconds, int ready, QueueReading queue) {}

  @Property(tries = 300)
  void replicasAreAlwaysWithinTheBounds(
      @ForAll("policies") ScalingPolicy policy,
      @ForAll @IntRange(max = 100) int start,
      @ForAll("observations") @Size(max = 60) List<Seen> observations) {
    assertThat(decide(policy, start, observations))
        .allSatisfy(
            decision -> {
              assertThat(decision.replicas()).isBetween(policy.minReplicas(), policy.maxReplicas());
              assertThat(decision.ratePerReplica()).isPositive().isFinite();
              assertThat(decision.explanation()).isNotBlank();
            });
  }

  @Property(tries = 200)
  void anUnknownLoadChangesNothing(
      @ForAll("policies") ScalingPolicy policy,
      @ForAll("observations") @Size(max = 60) List<Seen> observations) {
    int replicas = policy.minReplicas();
    List<ScalingDecision> decisions = decide(policy, replicas, observations);
    for (int i = 0; i < observations.size(); i++) {
      int decided = decisions.get(i).replicas();
      if (observations.get(i).queue() instanceof Unknown) {
        assertThat(decided).isEqualTo(replicas);
      }
      replicas = decided;
    }
  }

  @Property(tries = 100)
  void theSameSamplesGiveTheSameDecisions(
      @ForAll("policies") ScalingPolicy policy,
      @ForAll @IntRange(max = 100) int start,
      @ForAll("observations") @Size(max = 60) List<Seen> observations) {
    assertThat(decide(policy, start, observations)).isEqualTo(decide(policy, start, observations));
  }

  /** From too few replicas up, perhaps too far, and down. From too many down. */
  @Property(tries = 200)
  void aConstantLoadLeadsToAConstantNumber(
      @ForAll @IntRange(min = 1, max = 60) int start,
      @ForAll @DoubleRange(min = 0.5, max = 200) double arrivals,
      @ForAll @DoubleRange(min = 4, max = 50) double rate) {
    ConsumerScaler scaler = new ConsumerScaler();
    ScalingPolicy policy = Policies.between(0, 60, 1, false);
    Instant at = Instant.EPOCH;
    int replicas = start;
    int turns = 0;
    int direction = 0;
    double ready = 0;
    double acknowledged = 0;
    List<Integer> lastHour = new ArrayList<>();
    for (int i = 0; i < 1440; i++) {
      double handled = Math.min(replicas * rate * 5, ready + arrivals * 5);
      double busy = Math.min(replicas, handled / rate / 5);
      ready += arrivals * 5 - handled;
      acknowledged += handled;
      at = at.plusSeconds(5);
      Known reading =
          new Known(Math.round(ready), Math.round(busy), Math.round(Math.floor(acknowledged)));
      int next = scaler.decide(policy, new Sample(at, replicas, replicas, reading)).replicas();
      if (next != replicas) {
        int towards = Integer.signum(next - replicas);
        turns += direction == -towards ? 1 : 0;
        direction = towards;
      }
      replicas = next;
      if (i >= 720) {
        lastHour.add(replicas);
      }
    }
    assertThat(turns).isLessThanOrEqualTo(2);
    assertThat(lastHour.stream().distinct()).hasSize(1);
    int least = (int) Math.ceil(arrivals / rate);
    assertThat(replicas).isGreaterThanOrEqualTo(Math.min(60, least));
    assertThat(ready).isLessThanOrEqualTo(Math.max(replicas, arrivals * 10));
  }

  @Provide
  Arbitrary<ScalingPolicy> policies() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, 50),
            Arbitraries.integers().between(1, 20),
            Arbitraries.of(true, false))
        .as(
            (min, more, concurrency, single) ->
                Policies.between(min, Math.max(1, min + more), concurrency, single));
  }

  @Provide
  Arbitrary<List<Seen>> observations() {
    Arbitrary<QueueReading> known =
        Combinators.combine(
                Arbitraries.longs().between(0, 100_000),
                Arbitraries.longs().between(0, 1_000),
                Arbitraries.longs().between(0, 1_000_000))
            .as(Known::new);
    Arbitrary<QueueReading> unknown = Arbitraries.just(new Unknown("not read"));
    return Combinators.combine(
            Arbitraries.integers().between(0, 30),
            Arbitraries.integers().between(0, 50),
            Arbitraries.oneOf(known, known, known, unknown))
        .as(Seen::new)
        .list();
  }

  private static List<ScalingDecision> decide(
      ScalingPolicy policy, int start, List<Seen> observations) {
    ConsumerScaler scaler = new ConsumerScaler();
    List<ScalingDecision> decisions = new ArrayList<>();
    Instant at = Instant.EPOCH;
    int replicas = start;
    for (Seen seen : observations) {
      at = at.plusSeconds(seen.seconds());
      ScalingDecision decision =
          scaler.decide(
              policy, new Sample(at, replicas, Math.min(replicas, seen.ready()), seen.queue()));
      decisions.add(decision);
      replicas = decision.replicas();
    }
    return decisions;
  }
}
