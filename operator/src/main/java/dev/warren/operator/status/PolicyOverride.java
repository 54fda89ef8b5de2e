package dev.warren.operator.status;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the policy or operator policy of somebody else that overrides a queue's fields. RabbitMQ
 * applies only one policy to a queue, the one with the highest priority, and one operator policy
 * above it.
 */
final class PolicyOverride {

  private PolicyOverride() {}

  /**
   * A text with the policy and the settings that differ. Empty if nothing overrides the fields, or
   * if the queue's own policy is not declared yet.
   */
  static Optional<String> of(QueueSpec spec, QueueState state, BrokerDefinitions definitions) {
    return Optional.ofNullable(
            definitions.policies().get(DesiredDefinitions.policyName(spec.name())))
        .filter(own -> own.equals(DesiredDefinitions.policy(spec)))
        .flatMap(own -> otherPolicy(own, state, definitions).or(() -> operatorPolicy(own, state)));
  }

  private static Optional<String> otherPolicy(
      Policy own, QueueState state, BrokerDefinitions definitions) {
    return state
        .policies()
        .policy()
        .filter(name -> !name.equals(own.name()))
        .map(definitions.policies()::get)
        // Until RabbitMQ has applied a new policy, it shows the previous one.
        .filter(other -> other.priority() >= own.priority())
        .flatMap(other -> described("policy", other, differing(own, other)));
  }

  private static Optional<String> operatorPolicy(Policy own, QueueState state) {
    return state
        .policies()
        .operatorPolicy()
        .flatMap(
            above ->
                described(
                    "operator policy",
                    above,
                    differing(own, above).stream()
                        .filter(above.definition()::containsKey)
                        .toList()));
  }

  private static List<String> differing(Policy own, Policy other) {
    return own.definition().entrySet().stream()
        .filter(setting -> !setting.getValue().equals(other.definition().get(setting.getKey())))
        .map(Map.Entry::getKey)
        .filter(key -> other.definition().containsKey(key) || !isNoField(key))
        .toList();
  }

  /** Whether the operator derives the setting from other fields. */
  private static boolean isNoField(String key) {
    return key.equals(DesiredDefinitions.TARGET_GROUP_SIZE)
        || key.equals(DesiredDefinitions.SEGMENT_SIZE);
  }

  /** Such as: policy 'limits': max-length is 5, overflow is not set. */
  private static Optional<String> described(String kind, Policy policy, List<String> keys) {
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s '%s': %s"
                .formatted(
                    kind,
                    policy.name(),
                    keys.stream()
                        .map(key -> described(key, policy))
                        .collect(Collectors.joining(", "))));
  }

  private static String described(String key, Policy policy) {
    return policy.definition().containsKey(key)
        ? "%s is %s".formatted(key, policy.definition().get(key))
        : key + " is not set";
  }
}
