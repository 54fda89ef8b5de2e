package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopology;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeTest {

  private final MessageTopology topology = new MessageTopology();

  @Test
  void withoutTheAnnotationTheOperatorActs() {
    assertThat(Mode.of(topology)).isEqualTo(Mode.ACT);
    topology.getMetadata().setAnnotations(Map.of("other", "paused"));
    assertThat(Mode.of(topology)).isEqualTo(Mode.ACT);
  }

  @ParameterizedTest
  @CsvSource({"paused, PAUSED", "plan, PLAN", "pasued, UNKNOWN", "'', UNKNOWN"})
  void theAnnotationSetsTheMode(String value, Mode mode) {
    topology.getMetadata().setAnnotations(Map.of("warren.dev/reconcile", value));
    assertThat(Mode.of(topology)).isEqualTo(mode);
  }
}
