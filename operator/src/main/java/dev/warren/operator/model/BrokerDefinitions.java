package dev.warren.operator.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is declared in a broker, or must be: one type for both, so that they can be compared.
 * Everything is durable and in the virtual host {@value #VHOST}.
 *
 * @param exchanges by name; RabbitMQ's own (the default exchange and amq.*) are left out
 * @param queues by name
 * @param bindings explicit ones only: the default exchange's implicit bindings are left out
 * @param policies by name
 * @param users by name
 */
public record BrokerDefinitions(
    Map<String, Exchange> exchanges,
    Map<String, Queue> queues,
    Set<Binding> bindings,
    Map<String, Policy> policies,
    Map<String, User> users) {

  /**
   * The virtual host of every topology: RabbitMQ's default, which clients use unless they name
   * another.
   */
  public static final String VHOST = "/";

  /** An exchange. */
  public record Exchange(String name, String type, Map<String, Object> arguments) {
    /** Makes arguments comparable. */
    public Exchange {
      arguments = comparable(arguments);
    }
  }

  /**
   * A queue.
   *
   * @param type quorum, classic or stream
   * @param arguments those of its declaration, without x-queue-type
   */
  public record Queue(String name, String type, Map<String, Object> arguments) {
    /** Makes arguments comparable. */
    public Queue {
      arguments = comparable(arguments);
    }
  }

  /** A binding of an exchange to a queue. */
  public record Binding(
      String exchange, String queue, String routingKey, Map<String, Object> arguments) {
    /** Makes arguments comparable. */
    public Binding {
      arguments = comparable(arguments);
    }

    /** The binding as text: 'events' to 'shipments' by 'order.*'. */
    public String describe() {
      return "'%s' to '%s' by '%s'%s"
          .formatted(exchange, queue, routingKey, arguments.isEmpty() ? "" : " " + arguments);
    }
  }

  /**
   * A policy: settings of queues that can be changed while the queues exist.
   *
   * @param pattern a regular expression for the names of the queues that it applies to
   * @param applyTo quorum_queues, classic_queues or streams
   */
  public record Policy(
      String name, String pattern, String applyTo, int priority, Map<String, Object> definition) {
    /** Makes settings comparable. */
    public Policy {
      definition = comparable(definition);
    }

    /** The same policy without the settings that are not in effect. */
    public Policy reducedTo(Map<String, Object> inEffect) {
      Map<String, Object> kept = new TreeMap<>(comparable(inEffect));
      kept.entrySet().retainAll(definition.entrySet());
      return new Policy(name, pattern, applyTo, priority, kept);
    }
  }

  /**
   * A user with every permission in the virtual host (or none).
   *
   * @param passwordHash as RabbitMQ keeps it: Base64 of a 4-byte salt and SHA-256(salt, password)
   * @param tags such as administrator; empty for an application
   * @param permitted whether it may configure, write and read everything in the virtual host
   */
  public record User(String name, String passwordHash, Set<String> tags, boolean permitted) {}

  /** Whole numbers of the same JSON may have several Java types; this converts them to one. */
  private static Map<String, Object> comparable(Map<String, Object> json) {
    Map<String, Object> result = new TreeMap<>();
    json.forEach((key, value) -> result.put(key, comparable(value)));
    return Collections.unmodifiableMap(result);
  }

  private static Object comparable(Object value) {
    return switch (value) {
      case Integer number -> number.longValue();
      case Short number -> number.longValue();
      case List<?> list -> list.stream().map(BrokerDefinitions::comparable).toList();
      case null, default -> value;
    };
  }
}
