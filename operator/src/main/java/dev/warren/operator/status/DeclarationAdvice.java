package dev.warren.operator.status;

import dev.warren.api.v1alpha1.QueueSpec;
import java.util.Locale;

/** How a client can declare a queue of the topology, whose declaration RabbitMQ has refused. */
final class DeclarationAdvice {

  private DeclarationAdvice() {}

  /**
   * Such as: x-queue-type differs; declare the queue passively, or with x-queue-type: classic.
   *
   * @param differs the property or the argument that made RabbitMQ refuse the declaration
   */
  static String of(QueueSpec queue, String differs) {
    return "%s differs; declare the queue passively, or %s"
        .formatted(differs, alternative(queue, differs));
  }

  private static String alternative(QueueSpec queue, String differs) {
    return switch (differs) {
      case "durable" -> "as durable";
      case "auto_delete" -> "without auto_delete";
      case "x-queue-type" -> "with x-queue-type: " + queue.type().name().toLowerCase(Locale.ROOT);
      case "x-single-active-consumer" ->
          queue.singleActiveConsumer() ? "with " + differs + ": true" : "without " + differs;
      default ->
          queue.arguments().containsKey(differs)
              ? "with the " + differs + " of spec.queues[].arguments"
              : "without " + differs;
    };
  }
}
