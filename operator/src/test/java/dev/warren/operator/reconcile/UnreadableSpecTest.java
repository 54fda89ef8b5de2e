package dev.warren.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnreadableSpecTest {

  private final KubernetesSerialization serialization = new KubernetesSerialization();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {queues: [{name: a}, {name: b, type: ring}]} | spec.queues[1].type     | "ring"
          {nodes: {replicas: three}}                   | spec.nodes.replicas     | "three"
          {nodes: {replicas: 99999999999}}             | spec.nodes.replicas     | 99999999999
          {queues: {hello: {}}}                        | spec.queues             | {"hello":{}}
          {nodes: {storage: [10Gi]}}                   | spec.nodes.storage      | ["10Gi"]
          text                                         | spec                    | "text"
          """)
  void theFieldAndItsValueAreNamed(String spec, String path, String value) {
    Violation violation = violation(spec);

    assertThat(violation.path()).isEqualTo(path);
    assertThat(violation.message())
        .startsWith(value + " cannot be read by this version of the operator.");
  }

  @Test
  void aLongValueIsShortened() {
    assertThat(violation("{nodes: {replicas: %s}}".formatted("x".repeat(5000))).message())
        .hasSizeLessThan(300);
  }

  @Test
  void aMissingSpecIsNamed() {
    assertThat(UnreadableSpec.violation(null, serialization))
        .contains(new Violation("spec", "is missing"));
  }

  @Test
  void aReadableSpecIsNone() {
    assertThat(UnreadableSpec.violation(read("{queues: [{name: a}]}"), serialization)).isEmpty();
  }

  private Violation violation(String spec) {
    return UnreadableSpec.violation(read(spec), serialization).orElseThrow();
  }

  private Object read(String spec) {
    return serialization.unmarshal("spec: %s".formatted(spec), Map.class).get("spec");
  }
}
