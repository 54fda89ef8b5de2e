package dev.warren.operator.plan.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.observation.Machine;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which machine could take a Pod. */
class PodFitTest {

  private static final String FITS = "fits";

  @ParameterizedTest(name = "{0} with {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[]                                             | []                                 | fits",
        "[{key: a, value: b, effect: NoSchedule}]       | []                                 | has the taint a",
        "[{key: a, value: b, effect: NoExecute}]        | []                                 | has the taint a",
        "[{key: a, value: b, effect: PreferNoSchedule}] | []                                 | fits",
        "[{key: a, value: b, effect: NoSchedule}]       | [{operator: Exists}]               | fits",
        "[{key: a, value: b, effect: NoSchedule}]       | [{key: a, operator: Exists}]       | fits",
        "[{key: a, value: b, effect: NoSchedule}]       | [{key: a, value: b}]               | fits",
        "[{key: a, value: b, effect: NoSchedule}]       | [{key: a, operator: Equal, value: c}] | has the taint a",
        "[{key: a, effect: NoSchedule}]                 | [{key: a, operator: Equal}]        | fits",
        "[{key: a, value: b, effect: NoSchedule}]       | [{key: a, operator: Exists, effect: NoExecute}] | has the taint a",
        "[{key: a, value: b, effect: NoSchedule}]       | [{key: other, operator: Exists}]   | has the taint a",
      })
  void taintsMustBeTolerated(String taints, String tolerations, String expected) {
    assertThat(obstacle("tolerations: " + tolerations, machine(taints))).isEqualTo(expected);
  }

  /** The machine has the labels disk=ssd, cores=16 and its name, m1. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "nodeSelector: {disk: ssd}                                         | fits",
        "nodeSelector: {disk: hdd}                                         | is not selected",
        "nodeSelector: {disk: ssd, gpu: 'yes'}                             | is not selected",
        "[{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]  | fits",
        "[{matchExpressions: [{key: disk, operator: In, values: [hdd]}]}]  | is not selected",
        "[{matchExpressions: [{key: disk, operator: NotIn, values: [hdd]}]}] | fits",
        "[{matchExpressions: [{key: gpu, operator: NotIn, values: [a]}]}]  | fits",
        "[{matchExpressions: [{key: disk, operator: Exists}]}]             | fits",
        "[{matchExpressions: [{key: gpu, operator: Exists}]}]              | is not selected",
        "[{matchExpressions: [{key: gpu, operator: DoesNotExist}]}]        | fits",
        "[{matchExpressions: [{key: cores, operator: Gt, values: ['8']}]}] | fits",
        "[{matchExpressions: [{key: cores, operator: Lt, values: ['8']}]}] | is not selected",
        "[{matchExpressions: [{key: disk, operator: Gt, values: ['8']}]}]  | is not selected",
        "[{matchFields: [{key: metadata.name, operator: In, values: [m1]}]}] | fits",
        "[{matchFields: [{key: metadata.name, operator: NotIn, values: [m1]}]}] | is not selected",
        "[{matchExpressions: [{key: gpu, operator: Exists}]}, {matchExpressions: [{key: disk, operator: Exists}]}] | fits",
        "[{matchExpressions: [{key: gpu, operator: Exists}, {key: disk, operator: Exists}]}] | is not selected",
      })
  void selectorsAndRequiredAffinityMustMatch(String rule, String expected) {
    String spec =
        rule.startsWith("[")
            ? "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
                + " {nodeSelectorTerms: "
                + rule
                + "}}}"
            : rule;

    assertThat(obstacle(spec, machine("[]"))).isEqualTo(expected);
  }

  /** The machine has 4 CPUs and 8Gi. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[{resources: {requests: {cpu: 3900m, memory: 8Gi}}}]                     | fits",
        "[{resources: {requests: {cpu: 3}}}, {resources: {requests: {cpu: 2}}}]   | has too little cpu",
        "[{resources: {limits: {memory: 9Gi}}}]                                   | has too little memory",
        "[{resources: {requests: {memory: 1Gi}, limits: {memory: 9Gi}}}]          | fits",
        "[{resources: {requests: {gpus: 1}}}]                                     | has too little gpus",
        "[{name: without}]                                                        | fits",
      })
  void requestsMustFitIntoTheWholeMachine(String containers, String expected) {
    assertThat(obstacle("containers: " + containers, machine("[]"))).isEqualTo(expected);
  }

  @Test
  void aMachineThatIsNotWellTakesNone() {
    assertThat(obstacle("{}", machine("[]", Optional.of("is cordoned")))).isEqualTo("is cordoned");
  }

  private static String obstacle(String spec, Machine machine) {
    return new PodFit(Serialization.unmarshal(spec, PodSpec.class)).obstacle(machine).orElse(FITS);
  }

  private static Machine machine(String taints) {
    return machine(taints, Optional.empty());
  }

  private static Machine machine(String taints, Optional<String> unwell) {
    return new Machine(
        "m1",
        Map.of("kubernetes.io/hostname", "m1", "disk", "ssd", "cores", "16"),
        Serialization.unmarshal("taints: " + taints, NodeSpec.class).getTaints(),
        Map.of("cpu", new Quantity("4"), "memory", new Quantity("8Gi")),
        unwell,
        Instant.EPOCH);
  }
}
