package dev.warren.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A bad change to a topology that is Ready: the status shows the mistake, and running Pods stay.
 */
@Order(8)
class BadChangeE2E {

  private static final String GOOD =
      """
      nodes: {replicas: 1, storage: {size: 1Gi}}
      exchanges: [{name: events, type: topic}]
      queues: [{name: work}, {name: notes, arguments: {x-max-length: 100}}]
      bindings: [{exchange: events, queue: work, routingKey: "order.*"}]
      consumers: [%s]
      """
          .formatted(ClientPod.asConsumer("worker", "work"));

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-bad-change");

  private static final Topology topology = namespace.topology("orders");
  private static Set<String> pods;

  @BeforeAll
  static void start() {
    topology.apply(GOOD).awaitReady();
    pods = topology.podIds();
  }

  @AfterEach
  void theValidSpecIsReadyAgainAndNoPodHasChanged() {
    topology.apply(GOOD).awaitReady();
    assertThat(topology.podIds()).isEqualTo(pods);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      two queues of one name | {name: notes,         | {name: work,                | spec.queues[1]: Duplicate value
      another queue type     | {name: work}          | {name: work, type: classic} | cannot be changed, because RabbitMQ fixes it
      a negative size        | {size: 1Gi}           | {size: -1Gi}                | spec.nodes.storage.size
      """)
  void aBadChangeIsRefused(String what, String good, String bad, String message) {
    assertThat(topology.refusalOf(changed(good, bad))).contains(message);
    assertThat(topology.podIds()).isEqualTo(pods);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      a binding of no exchange    | exchange: events       | exchange: nothing       | Validated        | spec.bindings[0].exchange | nothing
      a binding to no queue       | queue: work, routing   | queue: nowhere, routing | Validated        | spec.bindings[0].queue    | nowhere
      a consumer of no queue      | queue: 'work', templ   | queue: 'nowhere', templ | Validated        | spec.consumers[0].queue   | nowhere
      a bad name in a template    | env: []                | env: [{name: "a=b"}]    | Validated        | spec.consumers[0]         | a=b
      two containers of one name  | /clients}]}            | /clients}]}, {name: client, image: other} | Validated | spec.consumers[0] | client
      another queue argument      | x-max-length: 100      | x-max-length: 200       | TopologyDeclared | notes                     | x-max-length
      """)
  void aBadChangeIsShown(
      String what, String good, String bad, String condition, String place, String word) {
    topology.apply(changed(good, bad)).awaitTrouble(condition, place, word);
    assertThat(topology.podIds()).isEqualTo(pods);
  }

  private static String changed(String good, String bad) {
    assertThat(GOOD).contains(good);
    return GOOD.replace(good, bad);
  }
}
