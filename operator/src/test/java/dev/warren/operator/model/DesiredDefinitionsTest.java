package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DesiredDefinitionsTest {

  @Test
  void changeableSettingsAreInThePolicyAndNotInTheQueue() {
    BrokerDefinitions definitions =
        definitions(
            """
            queues:
              - name: shipments
                type: quorum
                messageTTL: 1h
                maxLength: 100
                maxLengthBytes: 1Ki
                overflow: reject-publish
                deliveryLimit: 5
                members: 5
                deadLetter: {queue: failed}
            """);

    assertThat(definitions.queues())
        .containsEntry("shipments", new Queue("shipments", "quorum", Map.of()));
    assertThat(definitions.policies().get("warren.shipments").definition())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "message-ttl", 3_600_000L,
                "max-length", 100L,
                "max-length-bytes", 1024L,
                "overflow", "reject-publish",
                "delivery-limit", 5L,
                "target-group-size", 5L,
                "dead-letter-strategy", "at-least-once",
                "dead-letter-exchange", "",
                "dead-letter-routing-key", "failed"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "type: quorum                                               | true",
        "type: quorum, messageTTL: 1h                               | true",
        "type: quorum, maxLength: 9, overflow: reject-publish       | true",
        "type: quorum, maxLengthBytes: 1Ki, overflow: reject-publish | true",
        "type: quorum, maxLength: 9                                 | false",
        "type: quorum, maxLengthBytes: 1Ki                          | false",
        "type: quorum, maxLength: 9, overflow: drop-head            | false",
        "type: quorum, overflow: drop-head                          | false",
        "type: classic                                              | false",
        "type: classic, overflow: reject-publish                    | false",
      })
  void aDeadLetterStaysUntilItHasArrivedUnlessMessagesAreDroppedForLength(
      String settings, boolean stays) {
    Map<String, Object> policy =
        definitions("queues: [{name: a, deadLetter: {queue: failed}, %s}]".formatted(settings))
            .policies()
            .get("warren.a")
            .definition();

    assertThat("at-least-once".equals(policy.get("dead-letter-strategy"))).isEqualTo(stays);
    // With only one of the two, RabbitMQ silently uses at-most-once.
    assertThat(stays).isIn(false, "reject-publish".equals(policy.get("overflow")));
  }

  @Test
  void withoutADeadLetterTargetNothingIsSet() {
    assertThat(
            definitions("queues: [{name: a, type: quorum, messageTTL: 1h}]")
                .policies()
                .get("warren.a")
                .definition())
        .isEqualTo(Map.of("message-ttl", 3_600_000L));
  }

  @Test
  void aQueueWithoutSettingsNeedsNoPolicy() {
    assertThat(definitions("queues: [{name: hello, type: quorum}]").policies()).isEmpty();
  }

  @Test
  void singleActiveConsumerIsAnArgument() {
    Queue queue =
        definitions("queues: [{name: a, type: quorum, singleActiveConsumer: true}]")
            .queues()
            .get("a");

    assertThat(queue.arguments()).isEqualTo(Map.of("x-single-active-consumer", true));
  }

  @Test
  void aStreamsAgeIsInSeconds() {
    Policy policy =
        definitions("queues: [{name: log, type: stream, maxAge: 1d}]").policies().get("warren.log");

    assertThat(policy.applyTo()).isEqualTo("streams");
    assertThat(policy.definition()).containsEntry("max-age", "86400s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "maxLengthBytes: 1                           | 1048576",
        "maxLengthBytes: 10Mi                        | 1048576",
        "maxLengthBytes: 10Mi, maxAge: 30s           | 1048576",
        "maxLengthBytes: 1G                          | 100000000",
        "maxLengthBytes: 1Ti                         | 500000000",
        "maxLengthBytes: 99999999999P                | 500000000",
        "maxAge: 30s                                 | 16777216",
        "members: 3                                  |",
        // A policy would win over it.
        "maxAge: 1d, arguments: {x-stream-max-segment-size-bytes: 1000} |",
      })
  void aStreamHasSegmentsThatItsLimitsCanRemove(String settings, Long segment) {
    Policy policy =
        definitions("queues: [{name: log, type: stream, %s}]".formatted(settings))
            .policies()
            .get("warren.log");

    assertThat(policy == null ? null : policy.definition().get("stream-max-segment-size-bytes"))
        .isEqualTo(segment);
  }

  @Test
  void onlyStreamsHaveSegments() {
    assertThat(
            definitions("queues: [{name: a, type: quorum, maxLengthBytes: 10Mi}]")
                .policies()
                .get("warren.a")
                .definition())
        .isEqualTo(Map.of("max-length-bytes", 10L << 20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.b", "a b", "a/b", "^a$", "(a|b)*", "é.ü", "a\\Eb", "日本"})
  void aPolicyAppliesToItsQueueAndToNoOther(String name) {
    String pattern =
        DesiredDefinitions.of(
                new MessageTopologySpec(
                    null, null, List.of(queue(name)), null, null, null, null, null))
            .policies()
            .get("warren." + name)
            .pattern();

    assertThat(name).matches(Pattern.compile(pattern));
    assertThat(name.replace('.', 'x') + "y").doesNotMatch(Pattern.compile(pattern));
  }

  private static QueueSpec queue(String name) {
    return new QueueSpec(
        name,
        null,
        QueueType.QUORUM,
        null,
        null,
        10L,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static BrokerDefinitions definitions(String spec) {
    return DesiredDefinitions.of(Serialization.unmarshal(spec, MessageTopologySpec.class));
  }
}
