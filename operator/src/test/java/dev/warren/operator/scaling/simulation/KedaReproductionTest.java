package dev.warren.operator.scaling.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.warren.operator.scaling.simulation.HorizontalPodAutoscaler.Metric;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The simulated KEDA does what the real one did: KEDA 2.18.0 on a Kubernetes 1.34 of three
 * machines, 50 messages/s for 770 s, replicas that handle 5/s each and start within 5 s, from none
 * to at most 20. Only then it counts as a rival.
 */
class KedaReproductionTest {

  private static final Trace TRACE = Traces.CONSTANT;

  @Test
  void scalesByTheQueueLengthAsRealKedaDid() {
    Score score = run(List.of(Contest.queueLength(TRACE)));

    assertThat(score.latePercent()).isCloseTo(17.6, withPercentage(20));
    assertThat(score.podSeconds()).isCloseTo(13_442, withPercentage(20));
    assertThat(score.turns()).isEqualTo(4);
    assertThat(score.longestWait()).isCloseTo(28.6, withPercentage(25));
  }

  @Test
  void scalesByTheRateAsRealKedaDid() {
    Score score = run(List.of(Contest.queueLength(TRACE), Contest.publishRate(TRACE)));

    assertThat(score.latePercent()).isCloseTo(9.6, withPercentage(20));
    assertThat(score.podSeconds()).isCloseTo(11_852, withPercentage(20));
    assertThat(score.turns()).isEqualTo(1);
    assertThat(score.longestWait()).isCloseTo(34.3, withPercentage(20));
  }

  /** As measured: the first replica was requested at second 16, and more soon after. */
  private static Score run(List<Metric> triggers) {
    Keda keda = new Keda(triggers, 0, TRACE.policy().maxReplicas(), 16, 18);
    return new Simulation(TRACE, keda, 0, new SplittableRandom(1)).run().score();
  }
}
