package dev.warren.operator.plan.validation;

import dev.warren.api.v1alpha1.ExchangeSpec;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Checks the arguments of queues and exchanges: that none is misspelt, and that a queue has no
 * argument for the setting of a field. RabbitMQ would use the argument, or the lower of two limits,
 * and an argument cannot be changed while the queue exists: the field would have no effect, at once
 * or after its next change. So both are refused even if they agree. The API server cannot check
 * this, because its rules do not see into open maps.
 */
final class ArgumentCheck {

  /**
   * A field and the arguments for the same setting.
   *
   * @param decides whether the field decides for that queue
   * @param advice what the user should do
   */
  record Field(String name, Predicate<QueueSpec> decides, String advice, List<String> arguments) {

    private static final String ONLY_THE_FIELD = "use only the field";

    private static Field always(String name, String... arguments) {
      return new Field(name, queue -> true, ONLY_THE_FIELD, List.of(arguments));
    }

    private static Field ifSet(
        String name, Function<QueueSpec, Object> value, String... arguments) {
      return new Field(
          name, queue -> value.apply(queue) != null, "use only one of them", List.of(arguments));
    }
  }

  /** All fields that have such arguments. */
  static final List<Field> FIELDS =
      List.of(
          Field.always("type", "x-queue-type"),
          // Without the field, the operator maintains the default number.
          Field.always(
              "members",
              "x-quorum-initial-group-size",
              "x-quorum-target-group-size",
              "x-initial-cluster-size"),
          Field.ifSet("messageTTL", QueueSpec::messageTTL, "x-message-ttl"),
          Field.ifSet("maxLength", QueueSpec::maxLength, "x-max-length"),
          Field.ifSet("maxLengthBytes", QueueSpec::maxLengthBytes, "x-max-length-bytes"),
          Field.ifSet("maxAge", QueueSpec::maxAge, "x-max-age"),
          Field.ifSet("overflow", QueueSpec::overflow, "x-overflow"),
          Field.ifSet(
              "deadLetter",
              QueueSpec::deadLetter,
              "x-dead-letter-exchange",
              "x-dead-letter-routing-key",
              "x-dead-letter-strategy"),
          // How a quorum queue keeps dead letters depends on its length and overflow.
          new Field(
              "deadLetter",
              queue -> queue.deadLetter() != null && queue.type() == QueueType.QUORUM,
              "use the field for it",
              List.of("x-max-length", "x-max-length-bytes", "x-overflow")),
          Field.ifSet("deliveryLimit", QueueSpec::deliveryLimit, "x-delivery-limit"),
          Field.always("singleActiveConsumer", "x-single-active-consumer"));

  /** The other arguments of queues that RabbitMQ 4.3 knows. */
  private static final List<String> QUEUES_OWN =
      List.of(
          "x-expires",
          "x-max-priority",
          "x-max-in-memory-length",
          "x-max-in-memory-bytes",
          "x-queue-mode",
          "x-queue-version",
          "x-queue-leader-locator",
          "x-queue-master-locator",
          "x-stream-max-segment-size-bytes",
          "x-stream-filter-size-bytes",
          "x-consumer-timeout",
          "x-consumer-disconnected-timeout",
          "x-delayed-retry-type",
          "x-delayed-retry-min",
          "x-delayed-retry-max");

  /** The arguments of exchanges that RabbitMQ 4.3 and its plugins know. */
  private static final List<String> EXCHANGES =
      List.of("alternate-exchange", "x-delayed-type", "hash-header", "hash-property");

  private static final List<String> QUEUES =
      Stream.concat(
              FIELDS.stream().flatMap(field -> field.arguments().stream()), QUEUES_OWN.stream())
          .distinct()
          .toList();

  private ArgumentCheck() {}

  /**
   * All violations of a queue.
   *
   * @param path the path of the queue, such as spec.queues[0]
   */
  static Stream<Violation> violations(String path, QueueSpec queue) {
    return Stream.concat(misspelt(path, queue.arguments(), QUEUES), doubled(path, queue));
  }

  /**
   * All violations of an exchange.
   *
   * @param path the path of the exchange, such as spec.exchanges[0]
   */
  static Stream<Violation> violations(String path, ExchangeSpec exchange) {
    return misspelt(path, exchange.arguments(), EXCHANGES);
  }

  /** RabbitMQ ignores what it does not know. */
  private static Stream<Violation> misspelt(
      String path, Map<String, Object> arguments, List<String> known) {
    return arguments.keySet().stream()
        .sorted()
        .flatMap(
            name ->
                Misspelling.meant(name, known)
                    .map(
                        meant ->
                            new Violation(
                                path + ".arguments." + name,
                                "RabbitMQ does not know this argument and would ignore it;"
                                    + " did you mean "
                                    + orField(path, meant)))
                    .stream());
  }

  private static String orField(String path, String argument) {
    return FIELDS.stream()
        .filter(field -> field.arguments().contains(argument))
        .findFirst()
        .map(
            field ->
                "the field %s.%s%s?"
                    .formatted(
                        path,
                        field.name(),
                        field.advice().equals(Field.ONLY_THE_FIELD)
                            ? ""
                            : ", or the argument " + argument))
        .orElse(argument + "?");
  }

  private static Stream<Violation> doubled(String path, QueueSpec queue) {
    return FIELDS.stream()
        .filter(field -> field.decides().test(queue))
        .flatMap(
            field ->
                field.arguments().stream()
                    .filter(queue.arguments()::containsKey)
                    .map(
                        argument ->
                            new Violation(
                                path + ".arguments." + argument,
                                "cannot be set together with %s.%s; %s"
                                    .formatted(path, field.name(), field.advice()))));
  }
}
