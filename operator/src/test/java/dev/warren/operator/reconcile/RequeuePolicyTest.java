package dev.warren.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequeuePolicyTest {

  @ParameterizedTest(name = "after {0}: {1}")
  @CsvSource({"PT0S, PT0.7S", "PT20S, PT2S", "PT1M, PT6S", "PT1H, PT10S"})
  void aTopologyThatStaysUnreadyIsReconciledLessAndLessOften(Duration since, Duration pause) {
    assertThat(RequeuePolicy.unsettled(since)).isEqualTo(pause);
  }
}
