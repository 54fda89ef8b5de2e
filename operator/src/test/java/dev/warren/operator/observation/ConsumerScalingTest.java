package dev.warren.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.Decisions;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.scaling.ScalingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsumerScalingTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void thePolicyFollowsTheSpec() {
    MessageTopologySpec spec =
        Specs.of(
            1,
            "",
            """
            queues:
              - {name: other, type: quorum, singleActiveConsumer: true}
              - {name: hello, type: quorum, singleActiveConsumer: false}
            consumers:
              - name: worker
                queue: hello
                prefetch: 20
                scaling: {minReplicas: 1, maxReplicas: 7, drainWithin: 2m, maxWait: 500ms, targetUtilization: 70, initialRate: 2.5, cooldown: 10m, scaleInWindow: 0s, maxScaleInPercent: 50}
                template: {}
            """);

    assertThat(ConsumerScaling.policy(spec.consumers().getFirst(), spec.queues()))
        .isEqualTo(
            new ScalingPolicy(
                1,
                7,
                Duration.ofMinutes(2),
                Duration.ofMillis(500),
                0.7,
                2.5,
                20,
                Duration.ofMinutes(10),
                Duration.ZERO,
                50,
                false));
  }

  @ParameterizedTest
  @CsvSource({"false, 8", "true, 1"})
  void aDispatcherHoldsWhatItDeliversAtATimeAndNotThePrefetch(boolean ordered, int held) {
    MessageTopologySpec spec =
        Specs.of(
            1,
            "",
            """
            queues: [{name: hello, type: quorum}]
            consumers:
              - name: notify
                queue: hello
                prefetch: 20
                scaling: {minReplicas: 1, maxReplicas: 7, drainWithin: 2m, maxWait: 500ms, targetUtilization: 70, initialRate: 2.5, cooldown: 10m, scaleInWindow: 0s, maxScaleInPercent: 50}
                http: {url: "http://shop", concurrency: 8, ordered: %s}
            """
                .formatted(ordered));

    assertThat(ConsumerScaling.policy(spec.consumers().getFirst(), spec.queues()).concurrency())
        .isEqualTo(held);
  }

  @Test
  void aLoadThatIsUnknownForAMomentIsNotReported() {
    ConsumerScaling scaling =
        new ConsumerScaling(Decisions.holding(2), NOON, Optional.of("no answer"));

    assertThat(scaling.isHeld(NOON.plusSeconds(15))).isFalse();
    assertThat(scaling.isHeld(NOON.plusSeconds(16))).isTrue();
  }
}
