package dev.warren.operator.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.scaling.ScalingDecision.Reason;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for long jobs, whenever they come and however long each takes. */
class LongJobsPropertyTest {

  /**
   * Jobs that come at the same time.
   *
   * @param pause seconds until the next come
   */
  record Batch(int jobs, int seconds, int pause) {}

  @Property(tries = 100)
  void neverMoreReplicasAreAddedThanThereAreMessagesToHold(
      @ForAll @IntRange(min = 1, max = 4) int prefetch,
      @ForAll("batches") @Size(min = 1, max = 12) List<Batch> batches) {
    ScalingPolicy policy = Policies.between(0, 30, prefetch, false);

    assertThat(run(policy, batches).seen())
        .allSatisfy(
            seen ->
                assertThat(seen.after())
                    .isLessThanOrEqualTo(Math.max(seen.before(), seen.places(policy))));
  }

  @Property(tries = 100)
  void noReplicaIsRemovedWhileItWorks(
      @ForAll("batches") @Size(min = 1, max = 12) List<Batch> batches) {
    assertThat(run(Policies.between(0, 30, 1, false), batches).seen())
        .allSatisfy(
            seen ->
                assertThat((long) seen.after())
                    .isGreaterThanOrEqualTo(
                        Math.min(seen.before(), seen.reading().unacknowledged())));
  }

  @Property(tries = 100)
  void idleReplicasAreRemovedWhenNoMoreJobsArrive(
      @ForAll("batches") @Size(min = 1, max = 12) List<Batch> batches) {
    ScalingPolicy policy = Policies.between(0, 30, 1, false);
    JobsModel model = run(policy, batches);

    // All one after the other on thirty replicas take less than six hours, and mostly much less.
    for (int tenMinutes = 0; tenMinutes < 36 && !isIdle(model.last()); tenMinutes++) {
      model.run(600);
    }
    assertThat(model.last()).matches(LongJobsPropertyTest::isIdle);
  }

  private static boolean isIdle(JobsModel.Seen seen) {
    return seen.after() == 0 && seen.reading().backlog() == 0;
  }

  @Property(tries = 100)
  void longJobsAreNeverReportedAsIneffective(
      @ForAll("batches") @Size(min = 1, max = 12) List<Batch> batches) {
    assertThat(run(Policies.between(0, 5, 1, false), batches).seen())
        .extracting(seen -> seen.decision().reason())
        .doesNotContain(Reason.INEFFECTIVE);
  }

  /** It stays what the user guessed, and each message has at most one replica for it. */
  @Property(tries = 100)
  void anUnknownRateIsNotARateOfZero(
      @ForAll @IntRange(min = 1, max = 25) int jobs, @ForAll @IntRange(max = 60) int pause) {
    ScalingPolicy policy = Policies.between(0, 30, 1, false);
    JobsModel model = new JobsModel(policy, 10);
    for (int job = 0; job < jobs; job++) {
      model.publish(1, Integer.MAX_VALUE / 2).run(pause);
    }

    assertThat(model.run(3600).seen())
        .allSatisfy(
            seen -> {
              assertThat(seen.decision().ratePerReplica()).isEqualTo(5);
              assertThat(seen.after()).isLessThanOrEqualTo(jobs);
            });
    assertThat(model.last().reading().ready()).isZero();
  }

  private static JobsModel run(ScalingPolicy policy, List<Batch> batches) {
    JobsModel model = new JobsModel(policy, 10);
    batches.forEach(batch -> model.publish(batch.jobs(), batch.seconds()).run(batch.pause()));
    return model;
  }

  @Provide
  Arbitrary<List<Batch>> batches() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 20),
            Arbitraries.integers().between(50, 1800),
            Arbitraries.integers().between(5, 1200))
        .as(Batch::new)
        .list();
  }
}
