package dev.warren.operator.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.scaling.JobsModel.Seen;
import dev.warren.operator.scaling.QueueReading.Known;
import dev.warren.operator.scaling.ScalingDecision.Reason;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Messages that take minutes: their number counts, since their rate is seen much too late. */
class LongJobsTest {

  private static final int TWO_MINUTES = 120;

  private final ScalingPolicy policy = Policies.between(0, 12, 1, false);
  private final JobsModel jobs = new JobsModel(policy, 10);

  @Test
  void thereAreNeverMoreReplicasThanMessagesAlthoughNoneIsAcknowledged() {
    for (int job = 0; job < 4; job++) {
      jobs.publish(1, TWO_MINUTES).run(30);
    }
    jobs.run(600);

    assertThat(jobs.seen()).allMatch(seen -> seen.after() <= 4);
    assertThat(jobs.seen()).filteredOn(this::adds).allMatch(this::isForMessages);
  }

  @Test
  void aBatchHasAReplicaEachWithinTheTimeOfSomeSamples() {
    jobs.publish(10, TWO_MINUTES).run(60);

    assertThat(jobs.last().after()).isEqualTo(10);
    assertThat(jobs.last().decision().explanation())
        .matches("10 messages of \\d+ s or more each, \\d+ of them held, need 10 replicas");
  }

  @Test
  void moreJobsThanReplicasAreDoneInLittleMoreThanTheIdealTime() {
    ScalingPolicy ten = Policies.between(0, 10, 1, false);
    JobsModel batch = new JobsModel(ten, 10).publish(20, TWO_MINUTES).run(400);

    // Two rounds, if ten replicas were ready at once.
    assertThat(batch.lastEnd()).isLessThanOrEqualTo(2 * TWO_MINUTES + 60);
    assertThat(batch.seen()).allMatch(seen -> seen.after() <= Math.max(1, seen.places(ten)));
    assertThat(batch.seen()).allMatch(LongJobsTest::sparesThoseThatWork);
    assertThat(batch.seen())
        .extracting(seen -> seen.decision().reason())
        .doesNotContain(Reason.INEFFECTIVE);
    assertThat(batch.run(400).last().after()).isZero();
  }

  /** The broker's counters show that nothing arrived in between. */
  @Test
  void idleReplicasAreRemovedAlthoughSomeSamplesAreMissing() {
    ScalingPolicy ten = Policies.between(0, 10, 1, false);
    JobsModel batch = new JobsModel(ten, 10).publish(20, TWO_MINUTES).run(200).miss(20).run(300);

    assertThat(batch.seen()).allMatch(seen -> seen.after() <= Math.max(1, seen.places(ten)));
    assertThat(batch.seen()).allMatch(LongJobsTest::sparesThoseThatWork);
  }

  @Test
  void onceTheirTimeIsKnownABatchIsServedInOneStep() {
    jobs.publish(1, TWO_MINUTES).run(900);
    assertThat(jobs.last().after()).isZero();

    jobs.publish(7, TWO_MINUTES).run(5);

    assertThat(jobs.last().after()).isEqualTo(7);
    assertThat(jobs.last().decision().reason()).isEqualTo(Reason.WAKING);
    assertThat(jobs.last().decision().explanation())
        .isEqualTo("7 messages of about 120 s each, 0 of them held, need 7 replicas");
  }

  @Test
  void silenceIsNotARateOfZero() {
    jobs.publish(1, 1800).run(1700);

    assertThat(jobs.seen()).allMatch(seen -> seen.decision().ratePerReplica() == 5);
    assertThat(jobs.last().after()).isEqualTo(1);
  }

  @Test
  void theTimeOfAJobIsMeasuredFromItsFirst() {
    jobs.publish(3, 600).run(700);

    assertThat(1 / jobs.last().decision().ratePerReplica()).isBetween(590.0, 610.0);
  }

  @Test
  void aMessageThatWaitsBehindBusyReplicasHasOneOfItsOwn() {
    jobs.publish(3, 1800).run(120);
    assertThat(jobs.last().after()).isEqualTo(3);

    jobs.publish(1, 1800).run(5);

    assertThat(jobs.last().after()).isEqualTo(4);
  }

  @Test
  void idleReplicasStayWhileJobsKeepComing() {
    for (int minute = 0; minute < 60; minute++) {
      jobs.publish(1 + minute % 2, TWO_MINUTES).run(60);
    }

    assertThat(jobs.seen()).allMatch(LongJobsTest::sparesThoseThatWork);
    assertThat(jobs.seen()).filteredOn(this::adds).allMatch(this::isForMessages);
    assertThat(jobs.seen()).filteredOn(seen -> seen.second() > 1200).noneMatch(this::removes);
  }

  @Test
  void aReplicaHoldsAsManyJobsAsItsPrefetch() {
    ScalingPolicy four = Policies.between(0, 12, 4, false);
    JobsModel batch = new JobsModel(four, 10).publish(10, 600).run(200);

    assertThat(batch.last().after()).isEqualTo(3);
    assertThat(batch.seen()).allMatch(seen -> seen.after() <= seen.places(four));
  }

  @Test
  void manyJobsAtTheMaximumAreNotReportedAsIneffective() {
    jobs.publish(200, TWO_MINUTES).run(1800);

    assertThat(jobs.last().decision().reason()).isEqualTo(Reason.AT_MAXIMUM);
    assertThat(jobs.seen())
        .extracting(seen -> seen.decision().reason())
        .doesNotContain(Reason.INEFFECTIVE);
  }

  @Test
  void longJobsAfterShortOnesDoNotMakeTheRateZero() {
    ConsumerScaler scaler = new ConsumerScaler();
    long acknowledged = 0;
    int second = 0;
    for (; second < 300; second += 5) {
      acknowledged += 25;
      decide(scaler, second, 2, new Known(0, 1, acknowledged));
    }

    for (; second < 900; second += 5) {
      ScalingDecision decision = decide(scaler, second, 2, new Known(0, 2, acknowledged));
      assertThat(decision.replicas()).isEqualTo(2);
      assertThat(decision.ratePerReplica()).isGreaterThan(1);
    }
  }

  private ScalingDecision decide(ConsumerScaler scaler, int second, int replicas, Known reading) {
    return scaler.decide(
        policy, new Sample(Instant.EPOCH.plusSeconds(second), replicas, replicas, reading));
  }

  private boolean adds(Seen seen) {
    return seen.after() > seen.before();
  }

  private boolean removes(Seen seen) {
    return seen.after() < seen.before();
  }

  private boolean isForMessages(Seen seen) {
    return seen.after() <= seen.places(policy);
  }

  private static boolean sparesThoseThatWork(Seen seen) {
    return seen.after() >= Math.min(seen.before(), seen.reading().unacknowledged());
  }
}
