package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecValidatorTest {

  private static final String DELIVERY =
      "http: {url: http://shop, retry: {initialDelay: 1s, maxDelay: 60s}}";

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "exchanges: [{name: e, arguments: {alternate-exchange: ''}}]"
            + "| spec.exchanges[0].arguments.alternate-exchange: the default exchange cannot route"
            + " messages of another",
        "exchanges: [{name: e, arguments: {alternate-exchange: none}}]"
            + "| spec.exchanges[0].arguments.alternate-exchange: no exchange 'none' is declared in"
            + " this resource",
        "bindings: [{exchange: amq.tpoic, queue: q, routingKey: k}]"
            + "| spec.bindings[0].exchange: RabbitMQ has no exchange 'amq.tpoic'",
        "bindings: [{exchange: none, queue: q, routingKey: k}]"
            + "| spec.bindings[0].exchange: no exchange 'none' is declared in this resource",
        "bindings: [{exchange: e, queue: none, routingKey: k}]"
            + "| spec.bindings[0].queue: no queue 'none' is declared in this resource",
        "queues: [{name: q, renamedFrom: r}, {name: r}]"
            + "| spec.queues[0].renamedFrom: queue 'r' is still declared in this resource",
        "queues: [{name: q, renamedFrom: q}]"
            + "| spec.queues[0].renamedFrom: queue 'q' is still declared in this resource",
        "queues: [{name: q, renamedFrom: r}, {name: s, renamedFrom: r}]"
            + "| spec.queues[1].renamedFrom: queue 'q' is also renamed from it",
        "consumers: [{name: c, queue: none}]"
            + "| spec.consumers[0].queue: no queue 'none' is declared in this resource",
        "endpoints: {requestReply: [{name: r, queue: q}, {name: s, queue: none}]}"
            + "| spec.endpoints.requestReply[1].queue: no queue 'none' is declared in this resource",
      })
  void aReferenceToNothingIsReportedWithItsPath(String wrong, String violation) {
    String exchanges = wrong.startsWith("exchanges:") ? "" : "exchanges: [{name: e}]";
    String queues = wrong.startsWith("queues:") ? "" : "queues: [{name: q}]";
    assertThat(violations(exchanges, queues, wrong)).containsExactly(violation);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: q, deadLetter: {queue: none}}"
            + "| spec.queues[0].deadLetter.queue: no queue 'none' is declared in this resource",
        "{name: q, deadLetter: {exchange: none}}"
            + "| spec.queues[0].deadLetter.exchange: no exchange 'none' is declared in this resource",
        "{name: q, deadLetter: {exchange: amq.fanuot}}"
            + "| spec.queues[0].deadLetter.exchange: RabbitMQ has no exchange 'amq.fanuot'",
        "{name: q, arguments: {x-queue-type: classic}}"
            + "| spec.queues[0].arguments.x-queue-type: cannot be set together with"
            + " spec.queues[0].type; use only the field",
        "{name: q, arguments: {x-dead-letter-exchange: none}}"
            + "| spec.queues[0].arguments.x-dead-letter-exchange: no exchange 'none' is declared"
            + " in this resource",
        "{name: q, arguments: {x-dead-letter-exchange: '', x-dead-letter-routing-key: none}}"
            + "| spec.queues[0].arguments.x-dead-letter-routing-key: no queue 'none' is declared"
            + " in this resource",
      })
  void aQueueThatContradictsTheRestIsReported(String queue, String violation) {
    assertThat(violations("queues: [" + queue + "]")).containsExactly(violation);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "consumers: [{name: c, queue: q, template: {spec: {containers: [{env: x}]}}}]"
            + "| spec.consumers[0].template.spec.containers[0].env",
        "consumers: [{name: c, queue: q, template: {spec: {containers: 5}}}]"
            + "| spec.consumers[0].template.spec.containers",
        "consumers: [{name: c, queue: q, template: {specs: 1, spec: 2}}]"
            + "| spec.consumers[0].template.spec",
      })
  void anUnreadableTemplateIsReportedWithTheFieldsPath(String wrong, String path) {
    assertThat(violations("queues: [{name: q}]", wrong))
        .containsExactly(path + ": does not have the form that Kubernetes expects");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{spec: {containers: [null]}}| spec.containers[0]: is empty",
        "{spec: {containers: [{name: app, env: [{name: A}, null]}]}}"
            + "| spec.containers[0].env[1]: is empty",
      })
  void anEmptyListItemIsReported(String template, String expected) {
    assertThat(
            violations(
                "queues: [{name: q}]", "consumers: [{queue: q, template: " + template + "}]"))
        .containsExactly("spec.consumers[0].template." + expected);
    assertThat(violations("nodes: {podTemplate: " + template + "}"))
        .containsExactly("spec.nodes.podTemplate." + expected);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "consumers: [{name: a, queue: s, scaling: {}}]"
            + "| spec.consumers[0].scaling: is not for consumers of a stream, which keeps its"
            + " messages",
        "consumers: [{name: a, queue: q}, {name: b, queue: q, scaling: {}}]"
            + "| spec.consumers[1].scaling: requires the only consumer of a queue; 'q' has more",
      })
  void aLoadThatCannotBeMeasuredIsReportedWhenAConsumerFollowsIt(String wrong, String violation) {
    assertThat(violations("queues: [{name: q, type: quorum}, {name: s, type: stream}]", wrong))
        .containsExactly(violation);
  }

  @Test
  void aDeliveryCannotConsumeAStream() {
    assertThat(
            violations(
                "queues: [{name: q}, {name: s, type: stream}]",
                "consumers: [{name: c, queue: s}, {name: d, queue: s, " + DELIVERY + "}]",
                "endpoints: {requestReply: [{name: r, queue: s}]}"))
        .containsExactly(
            "spec.consumers[1].queue: 's' is a stream, which keeps messages when they are consumed",
            "spec.endpoints.requestReply[0].queue: 's' is a stream, which keeps messages when they"
                + " are consumed");
  }

  @ParameterizedTest(name = "from {0} to {1}")
  @CsvSource({"60s, 1m", "1ms, 1ms", "500ms, 1h"})
  void deliveriesMayHaveLongerDelays(String first, String longest) {
    assertThat(violations(retrying(first, longest))).isEmpty();
  }

  @ParameterizedTest(name = "from {0} to {1}")
  @CsvSource({"61s, 1m", "1s, 999ms"})
  void aMaxDelayBelowTheInitialDelayIsReported(String first, String longest) {
    assertThat(violations(retrying(first, longest)))
        .containsExactly("spec.consumers[0].http.retry.maxDelay: must not be below initialDelay");
  }

  private static String[] retrying(String first, String longest) {
    return new String[] {
      "queues: [{name: q}]",
      "consumers: [{name: c, queue: q, http: {url: http://shop, retry: {initialDelay: %s,"
              .formatted(first)
          + " maxDelay: %s}}}]".formatted(longest)
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources: {limits: {memory: 255Mi}}"
            + "| spec.consumers[0].http.resources.limits.memory: must not be below 256Mi",
        "podTemplate: {spec: {nodeSelector: none}}"
            + "| spec.consumers[0].http.podTemplate.spec.nodeSelector: does not have the form that"
            + " Kubernetes expects",
      })
  void anInvalidPodTemplateOfADeliveryIsReported(String field, String expected) {
    assertThat(violations("queues: [{name: q}]", deliveringWith(field))).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({"256Mi", "268435456", "1Gi"})
  void aDeliverysPodsMayHaveMoreMemory(String limit) {
    String resources = "resources: {limits: {memory: %s}}".formatted(limit);
    assertThat(violations("queues: [{name: q}]", deliveringWith(resources))).isEmpty();
  }

  private static String deliveringWith(String field) {
    return "consumers: [{name: c, queue: q, %s}]"
        .formatted(DELIVERY.replace("http://shop,", "http://shop, " + field + ","));
  }

  @Test
  void allViolationsAreReportedTogether() {
    assertThat(violations("bindings: [{exchange: a, queue: b, routingKey: k}]")).hasSize(2);
  }

  @Test
  void rabbitMqsOwnExchangesNeedNoDeclaration() {
    assertThat(
            violations(
                "queues: [{name: q, deadLetter: {exchange: amq.fanout}}]",
                "bindings: [{exchange: amq.topic, queue: q, routingKey: '#'},"
                    + " {exchange: amq.rabbitmq.trace, queue: q, routingKey: ''}]"))
        .isEmpty();
  }

  @Test
  void argumentsMayNameWhatExists() {
    assertThat(
            violations(
                "exchanges: [{name: e, arguments: {alternate-exchange: f}},"
                    + " {name: f, arguments: {alternate-exchange: amq.fanout}}]",
                "queues: [{name: q, arguments: {x-dead-letter-exchange: e,"
                    + " x-dead-letter-routing-key: any}},"
                    + " {name: r, arguments: {x-dead-letter-exchange: '',"
                    + " x-dead-letter-routing-key: q}},"
                    + " {name: s, arguments: {x-dead-letter-exchange: ''}},"
                    + " {name: t, arguments: {x-dead-letter-exchange: 5}}]"))
        .isEmpty();
  }

  private static List<String> violations(String... spec) {
    return SpecValidator.violations(
            Serialization.unmarshal(
                (spec[0].startsWith("nodes:") ? "" : "nodes: {}\n") + String.join("\n", spec),
                MessageTopologySpec.class))
        .stream()
        .map(Violation::toString)
        .toList();
  }
}
