package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.ExchangeSpec;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.plan.validation.ArgumentCheck.Field;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentCheckTest {

  private static final String QUEUE_WITH_EVERYTHING =
      "name: q, messageTTL: 1h, maxLength: 100, maxLengthBytes: 1Mi, maxAge: 7d,"
          + " overflow: reject-publish, deadLetter: {queue: q}, deliveryLimit: 5, members: 3,"
          + " singleActiveConsumer: true";

  /** Fields without an argument in RabbitMQ. */
  private static final Set<String> QUEUE_FIELDS_WITHOUT_ARGUMENT =
      Set.of("name", "renamedFrom", "arguments", "onDelete", "immutableChanges");

  private static final Set<String> EXCHANGE_FIELDS_WITHOUT_ARGUMENT =
      Set.of("name", "type", "arguments");

  @Test
  void eachFieldIsListedWithItsArguments() {
    assertThat(fields(QueueSpec.class))
        .as(
            "List a new field of QueueSpec in ArgumentCheck.FIELDS, with RabbitMQ's arguments for"
                + " the same setting, or in this test, if there are none")
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    ArgumentCheck.FIELDS.stream().map(Field::name),
                    QUEUE_FIELDS_WITHOUT_ARGUMENT.stream())
                .distinct()
                .toList());
    assertThat(fields(ExchangeSpec.class))
        .as("An argument of RabbitMQ for the setting of a new field must be refused beside it")
        .containsExactlyInAnyOrderElementsOf(EXCHANGE_FIELDS_WITHOUT_ARGUMENT);
  }

  private static List<String> fields(Class<? extends Record> spec) {
    return Arrays.stream(spec.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  /** The operator may also set more than the fields. */
  @ParameterizedTest
  @ValueSource(strings = {"quorum", "classic", "stream"})
  void eachSettingOfThePolicyIsListedAsAnArgument(String type) {
    assertThat(DesiredDefinitions.policy(queue(type, QUEUE_WITH_EVERYTHING)).definition().keySet())
        .isNotEmpty()
        // This argument is allowed: the operator then leaves the setting out.
        .filteredOn(key -> !key.equals(DesiredDefinitions.SEGMENT_SIZE))
        .allSatisfy(
            key ->
                assertThat(ArgumentCheck.FIELDS.stream().flatMap(f -> f.arguments().stream()))
                    .anyMatch(argument -> argument.matches("x-(quorum-)?" + key)));
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void noArgumentIsAcceptedBesideItsField(String argument) {
    String refusal = "spec.queues[7].arguments." + argument + ": cannot be set together with ";

    assertThat(violations("quorum", QUEUE_WITH_EVERYTHING + ", arguments: {" + argument + ": 5}"))
        .isNotEmpty()
        .allMatch(violation -> violation.startsWith(refusal + "spec.queues[7]."));
  }

  static List<String> arguments() {
    return ArgumentCheck.FIELDS.stream().flatMap(field -> field.arguments().stream()).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "maxLength: 100, arguments: {x-max-length: 5}| x-max-length| maxLength; use only one of them",
        "maxLength: 5, arguments: {x-max-length: 5}| x-max-length| maxLength; use only one of them",
        "messageTTL: 1h, arguments: {x-message-ttl: 2000}"
            + "| x-message-ttl| messageTTL; use only one of them",
        "deadLetter: {queue: q}, arguments: {x-dead-letter-exchange: amq.fanout}"
            + "| x-dead-letter-exchange| deadLetter; use only one of them",
        "deadLetter: {queue: q}, arguments: {x-max-length: 5}"
            + "| x-max-length| deadLetter; use the field for it",
        "arguments: {x-quorum-initial-group-size: 5}"
            + "| x-quorum-initial-group-size| members; use only the field",
        "arguments: {x-single-active-consumer: true}"
            + "| x-single-active-consumer| singleActiveConsumer; use only the field",
      })
  void theRefusalNamesBothPaths(String queue, String argument, String refusal) {
    assertThat(violations("quorum", "name: q, " + queue))
        .containsExactly(
            "spec.queues[7].arguments."
                + argument
                + ": cannot be set together with spec.queues[7]."
                + refusal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arguments: {x-max-length: 5, x-overflow: reject-publish, x-message-ttl: 1000}",
        "arguments: {x-dead-letter-exchange: amq.fanout, x-delivery-limit: 5}",
        "maxLength: 5, messageTTL: 1h, arguments: {x-max-length-bytes: 1000, x-overflow: drop-head}",
        "maxLength: 5, arguments: {x-queue-leader-locator: client-local, x-expires: 1000}",
      })
  void anArgumentWithoutItsFieldIsAllowed(String queue) {
    assertThat(violations("quorum", "name: q, " + queue)).isEmpty();
  }

  @Test
  void aClassicQueuesDeadLettersDoNotDependOnItsLength() {
    assertThat(
            violations("classic", "name: q, deadLetter: {queue: q}, arguments: {x-max-length: 5}"))
        .isEmpty();
  }

  private static List<String> violations(String type, String queue) {
    return ArgumentCheck.violations("spec.queues[7]", queue(type, queue))
        .map(Violation::toString)
        .toList();
  }

  private static QueueSpec queue(String type, String fields) {
    return Serialization.unmarshal("---\n{type: " + type + ", " + fields + "}", QueueSpec.class);
  }
}
