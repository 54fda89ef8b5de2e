package dev.warren.operator.plan.validation;

import dev.warren.api.v1alpha1.BindingSpec;
import dev.warren.api.v1alpha1.ExchangeSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds what has no effect in a binding, because exchanges of that type do not look at it. */
final class BindingCheck {

  private static final Map<String, String> BUILT_IN =
      Map.of(
          "amq.direct", "direct",
          "amq.topic", "topic",
          "amq.fanout", "fanout",
          "amq.headers", "headers",
          "amq.match", "headers");

  private final Map<String, String> types;

  BindingCheck(MessageTopologySpec spec) {
    types =
        spec.exchanges().stream()
            .collect(
                Collectors.toMap(
                    ExchangeSpec::name, ExchangeSpec::type, (one, same) -> one, HashMap::new));
    BUILT_IN.forEach(types::putIfAbsent);
  }

  /**
   * All violations of a binding. What plugins' exchanges look at is unknown. At a headers exchange
   * routing keys distinguish the bindings of a queue, although RabbitMQ does not compare them.
   *
   * @param path the path of the binding, such as spec.bindings[0]
   */
  Stream<Violation> violations(String path, BindingSpec binding) {
    return switch (types.getOrDefault(binding.exchange(), "")) {
      case "fanout" ->
          Stream.concat(
              withoutKey(
                  path, binding, "a fanout exchange, which routes every message to each queue"),
              withoutArguments(path, binding, "a fanout exchange"));
      case "direct" -> withoutArguments(path, binding, "a direct exchange");
      case "topic" -> withoutArguments(path, binding, "a topic exchange");
      default -> Stream.empty();
    };
  }

  private static Stream<Violation> withoutKey(String path, BindingSpec binding, String type) {
    return binding.routingKey().isEmpty()
        ? Stream.empty()
        : Stream.of(
            new Violation(
                path + ".routingKey",
                "has no effect: '%s' is %s; write routingKey: \"\""
                    .formatted(binding.exchange(), type)));
  }

  private static Stream<Violation> withoutArguments(String path, BindingSpec binding, String type) {
    return binding.arguments().isEmpty()
        ? Stream.empty()
        : Stream.of(
            new Violation(
                path + ".arguments",
                "have no effect: '%s' is %s, and only headers exchanges compare headers; remove them"
                    .formatted(binding.exchange(), type)));
  }
}
