package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether the nodes are planned although the spec is invalid. */
class ViolationTest {

  @ParameterizedTest(name = "nodes exist: {0}, invalid: {1}")
  @CsvSource({
    "true,  ,                                     false",
    "true,  spec.bindings[0].queue,               false",
    "true,  spec.bindings[0].queue;spec.nodes.config, true",
    "false, ,                                     false",
    "false, spec.bindings[0].queue,               true",
    "false, spec.nodes.podTemplate.spec,          true",
  })
  void anInvalidSpecStartsNoNodesAndKeepsThoseThatExist(
      boolean exist, String paths, boolean prevented) {
    List<Violation> violations =
        paths == null
            ? List.of()
            : Arrays.stream(paths.split(";")).map(path -> new Violation(path, "is wrong")).toList();

    assertThat(Violation.preventNodes(violations, exist)).isEqualTo(prevented);
  }
}
