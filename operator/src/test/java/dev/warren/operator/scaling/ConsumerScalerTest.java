package dev.warren.operator.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.scaling.QueueReading.Known;
import dev.warren.operator.scaling.QueueReading.Unknown;
import dev.warren.operator.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsumerScalerTest {

  private static final double RATE = 5;

  private final ConsumerScaler scaler = new ConsumerScaler();
  private ScalingPolicy policy = Policies.between(0, 20, 1, false);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int replicas;
  private double ready;
  private long inHand;
  private double acknowledged;
  private ScalingDecision last;

  @Test
  void startsAsManyReplicasAsTheLoadNeedsInOneStep() {
    policy = Policies.between(0, 30, 1, false);
    load(0, 60);

    load(50, 5);

    assertThat(last.reason()).isEqualTo(Reason.WAKING);
    // 50/s at 80 % and 5/s each need 13; at first the rate and the load are estimates.
    assertThat(last.replicas()).isBetween(13, 30);
  }

  @Test
  void startsForOneMessage() {
    load(0, 60);
    ready = 1;

    load(0, 5);

    assertThat(last.replicas()).isEqualTo(1);
  }

  @Test
  void anEmptyQueueUnderFullLoadKeepsItsReplicas() {
    replicas = 13;

    load(50, 1800);

    assertThat(ready).isZero();
    assertThat(last.replicas()).isEqualTo(13);
    assertThat(last.reason()).isEqualTo(Reason.STEADY);
    assertThat(last.explanation()).isEqualTo("arrivals 50/s need 13 replicas of 5/s each");
    assertThat(last.arrivals().orElseThrow()).isBetween(49.0, 51.0);
    assertThat(last.backlog()).isEqualTo(OptionalLong.of(10));
  }

  @Test
  void scalesToTheMinimumAfterAnIdleCooldown() {
    replicas = 13;
    load(50, 600);

    load(0, 290);
    assertThat(last.replicas()).isPositive();

    load(0, 20);
    assertThat(last.replicas()).isZero();
    assertThat(last.reason()).isEqualTo(Reason.IDLE);
  }

  @Test
  void anUnknownLoadIsNotIdle() {
    replicas = 13;
    load(50, 600);

    for (int i = 0; i < 120; i++) {
      step(new Unknown("the queue has no leader"));
      assertThat(last.replicas()).isEqualTo(13);
      assertThat(last.reason()).isEqualTo(Reason.HOLDING_UNKNOWN);
      assertThat(last.explanation()).contains("the queue has no leader");
      assertThat(last.backlog()).isEmpty();
    }
    load(0, 10);
    assertThat(last.replicas()).isEqualTo(13);
  }

  @Test
  void theCounterOfANewLeaderIsNotLoad() {
    replicas = 13;
    load(50, 600);
    acknowledged = 0;

    load(50, 5);
    assertThat(last.replicas()).isEqualTo(13);
    load(50, 600);
    assertThat(last.replicas()).isEqualTo(13);
  }

  @Test
  void aNewScalerScalesUpAtOnceAndDownAfterTheWindow() {
    replicas = 20;
    load(20, 290);
    assertThat(last.replicas()).isEqualTo(20);
    assertThat(last.reason()).isEqualTo(Reason.STABILIZING);

    load(20, 15);
    assertThat(last.replicas()).isEqualTo(15);
    assertThat(last.reason()).isEqualTo(Reason.SCALING_IN);
  }

  @Test
  void aNewScalerScalesUpAtOnce() {
    replicas = 5;
    ready = 3000;

    load(50, 5);

    // To work off 3,000 in 60 s takes 10, plus those for arrivals, which are not known yet.
    assertThat(last.replicas()).isBetween(10, 20);
  }

  @Test
  void scalesDownByTheAllowedPercentagePerMinute() {
    replicas = 20;
    load(10, 305);

    int before = replicas;
    load(10, 60);

    assertThat(before).isEqualTo(15);
    assertThat(replicas).isEqualTo(12);
  }

  @Test
  void theHighestLoadOfTheWindowIsRemembered() {
    replicas = 18;
    load(70, 600);

    load(20, 290);
    assertThat(last.replicas()).isEqualTo(18);

    load(20, 600);
    assertThat(last.replicas()).isEqualTo(5);
  }

  @Test
  void changedBoundsApplyAtOnce() {
    replicas = 13;
    load(50, 600);

    policy = Policies.between(15, 20, 1, false);
    load(50, 5);
    assertThat(last.replicas()).isEqualTo(15);

    policy = Policies.between(0, 6, 1, false);
    load(50, 5);
    assertThat(last.replicas()).isEqualTo(6);
    assertThat(last.reason()).isEqualTo(Reason.AT_MAXIMUM);
    assertThat(last.explanation())
        .isEqualTo("arrivals 50/s need 13 replicas of 5/s each; at most 6 are allowed");

    ready = 0;
    load(1, 600);
    replicas = 7;
    load(1, 5);
    assertThat(last.replicas()).isEqualTo(6);
    assertThat(last.reason()).isEqualTo(Reason.OUT_OF_BOUNDS);
  }

  @Test
  void changedBoundsApplyWhileTheLoadIsUnknown() {
    replicas = 13;
    policy = Policies.between(0, 6, 1, false);

    step(new Unknown("the broker does not answer"));

    assertThat(last.replicas()).isEqualTo(6);
  }

  @Test
  void reportsWhenMoreIsNeededThanAllowed() {
    replicas = 4;
    policy = Policies.between(0, 4, 1, false);

    load(50, 120);

    assertThat(last.replicas()).isEqualTo(4);
    assertThat(last.reason()).isEqualTo(Reason.AT_MAXIMUM);
    assertThat(last.drainsIn()).isEmpty();
  }

  /** From the first decision on, not once the maximum is reached. */
  @ParameterizedTest
  @CsvSource({"0, 4000", "1, 4000", "3, 4000"})
  void reportsAtOnceThatMoreIsNeededThanAllowed(int before, int waiting) {
    replicas = before;
    policy = Policies.between(0, 4, 1, false);
    ready = waiting;

    load(0, 5);

    assertThat(last.replicas()).isEqualTo(4);
    assertThat(last.reason()).isEqualTo(Reason.AT_MAXIMUM);
    assertThat(last.isLimited()).isTrue();
    assertThat(last.explanation()).endsWith("; at most 4 are allowed");
  }

  @Test
  void asManyAsAllowedAreNoLimitIfTheyAreEnough() {
    replicas = 1;
    policy = Policies.between(0, 14, 1, false);
    load(50, 5);
    load(50, 300);

    // They need 12.5, and a tenth more load than desired adds none.
    assertThat(last.replicas()).isBetween(12, 14);
    assertThat(last.isLimited()).isFalse();
  }

  @Test
  void aSingleActiveConsumerNeedsOneReplica() {
    policy = Policies.between(0, 20, 1, true);
    load(0, 10);
    ready = 10_000;

    load(50, 5);
    assertThat(last.replicas()).isEqualTo(1);
    assertThat(last.reason()).isEqualTo(Reason.SINGLE_ACTIVE_CONSUMER);

    load(50, 60);
    assertThat(last.replicas()).isEqualTo(1);
    assertThat(last.reason()).isEqualTo(Reason.SINGLE_ACTIVE_CONSUMER);
  }

  @Test
  void aSingleActiveConsumerKeepsItsMinimum() {
    policy = Policies.between(2, 20, 1, true);
    replicas = 5;

    load(50, 60);

    assertThat(last.replicas()).isEqualTo(2);
  }

  @Test
  void anIneffectiveScaleUpIsNotRepeated() {
    policy = Policies.between(0, 100, 1, false);
    replicas = 10;
    load(40, 600);

    limited(40, 30, 200);

    assertThat(last.reason()).isEqualTo(Reason.INEFFECTIVE);
    assertThat(last.explanation())
        .contains("replicas handle 30/s")
        .contains("no replica is added until");
    int frozen = last.replicas();
    limited(40, 30, 60);
    assertThat(last.replicas()).isEqualTo(frozen);
  }

  @Test
  void learnsTheRateOfAReplica() {
    load(0, 60);

    load(50, 300);

    assertThat(last.ratePerReplica()).isBetween(4.8, 5.2);
  }

  @Test
  void predictsWhenTheBacklogIsWorkedOff() {
    replicas = 20;
    ready = 2500;

    load(50, 25);

    // 1,250 are left; 20 of 5/s against 50/s take 50/s of them.
    assertThat(last.drainsIn().orElseThrow())
        .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
  }

  @Test
  void aRepeatedSampleChangesNothing() {
    replicas = 13;
    load(50, 600);
    Sample sample = sample(reading());

    ScalingDecision first = scaler.decide(policy, sample);

    assertThat(scaler.decide(policy, sample)).isEqualTo(first);
  }

  private void load(double arrivals, int seconds) {
    limited(arrivals, Double.MAX_VALUE, seconds);
  }

  /** Some seconds of a constant load without randomness; replicas are ready at once. */
  private void limited(double arrivals, double limit, int seconds) {
    for (int second = 0; second < seconds; second += 5) {
      double handled = Math.min(Math.min(replicas * RATE, limit) * 5, ready + arrivals * 5);
      ready += arrivals * 5 - handled;
      acknowledged += handled;
      now = now.plusSeconds(5);
      inHand = Math.round(ready > 0 ? replicas : Math.min(replicas, arrivals / RATE));
      step(reading());
    }
  }

  private Known reading() {
    return new Known(Math.round(ready), inHand, Math.round(acknowledged));
  }

  private void step(QueueReading reading) {
    if (reading instanceof Unknown) {
      now = now.plusSeconds(5);
    }
    last = scaler.decide(policy, sample(reading));
    replicas = last.replicas();
  }

  private Sample sample(QueueReading reading) {
    return new Sample(now, replicas, replicas, reading);
  }
}
