package dev.warren.operator.plan.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.BrokerWork;
import dev.warren.operator.observation.CertificateObservation;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.Places;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.ScalingObservation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StuckBootPlannerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:31Z");
  private static final ResourceNames NAMES = ResourceNames.of("shop", "orders");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "it has just started      | False | READY  | running: {startedAt: '2026-01-01T12:00:01Z'} | 0",
        "it takes long            | False | READY  | running: {startedAt: '2026-01-01T12:00:00Z'} | 1",
        "its machine is silent    | False | SILENT | running: {startedAt: '2026-01-01T12:00:00Z'} | 0",
        "its machine is not known | False |        | running: {startedAt: '2026-01-01T12:00:00Z'} | 0",
        "it is ready              | True  | READY  | running: {startedAt: '2026-01-01T12:00:00Z'} | 0",
        "it waits to be started   | False | READY  | waiting: {reason: CrashLoopBackOff}          | 0",
      })
  void aNodeWhoseStartIsStuckIsFreed(
      String when, String ready, KubernetesNode.State machine, String state, int actions) {
    assertThat(StuckBootPlanner.plan(NAMES, observed(pod(ready, state), machine)))
        .hasSize(actions)
        .extracting(BrokerAction::describe)
        .allMatch(
            ("release the feature-flag lock that blocks "
                    + NAMES.brokerNode(0)
                    + ", if it is stale")
                ::equals);
  }

  private static Observation observed(Pod pod, KubernetesNode.State machine) {
    return new Observation(
        new ObservedObjects(List.of()),
        new TreeMap<>(Map.of(0, new QueueNode(0, Optional.empty(), Optional.of(pod)))),
        0,
        List.of(),
        new Unreachable("it starts"),
        machine == null ? Map.of() : Map.of(0, new KubernetesNode("m", machine)),
        Places.NOT_READ,
        Map.of(),
        Set.of(),
        Map.of(),
        ScalingObservation.NONE,
        Map.of(),
        Map.of(),
        BrokerWork.NONE,
        Map.of(),
        CertificateObservation.NONE,
        NOW);
  }

  private static Pod pod(String ready, String state) {
    return Serialization.unmarshal(
        """
        kind: Pod
        apiVersion: v1
        metadata: {name: orders-0}
        status:
          conditions: [{type: Ready, status: '%s'}]
          containerStatuses: [{name: rabbitmq, ready: false, state: {%s}}]
        """
            .formatted(ready, state),
        Pod.class);
  }
}
