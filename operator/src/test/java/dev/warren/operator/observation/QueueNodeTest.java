package dev.warren.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The broker's readiness follows its own container, not those beside it. */
class QueueNodeTest {

  private static final String GATEWAY = "containers: [{name: rabbitmq}, {name: gateway}]";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "everything is ready                | True  | True  | true  | true  | true  | true",
        "the gateway is not                 | False | False | true  | false | true  | false",
        "RabbitMQ is not                    | False | False | false | true  | false | false",
        "its machine has fallen silent      | False | True  | true  | true  | false | false",
        "it has not started                 | False | False | false | false | false | false",
      })
  void readinessIs(
      String when,
      String ready,
      String containersReady,
      boolean rabbitmq,
      boolean gateway,
      boolean servesQueues,
      boolean servesEndpoints) {
    QueueNode node =
        node(
            """
            conditions: [{type: Ready, status: '%s'}, {type: ContainersReady, status: '%s'}]
            containerStatuses: [{name: rabbitmq, ready: %s}, {name: gateway, ready: %s}]
            """
                .formatted(ready, containersReady, rabbitmq, gateway));

    assertThat(node.isReady()).as("the broker").isEqualTo(servesQueues);
    assertThat(node.hasReadyGateway()).as("the gateway").isEqualTo(servesEndpoints);
    assertThat(node.lacksItsGateway()).isEqualTo(servesQueues && !servesEndpoints);
  }

  private static QueueNode node(String status) {
    return new QueueNode(
        0,
        Optional.empty(),
        Optional.of(
            Serialization.unmarshal(
                "kind: Pod\napiVersion: v1\nmetadata: {name: orders-0}\nspec: {%s}\nstatus:\n%s"
                    .formatted(GATEWAY, status.indent(2)),
                Pod.class)));
  }
}
