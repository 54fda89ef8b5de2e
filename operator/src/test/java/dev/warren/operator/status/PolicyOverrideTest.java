package dev.warren.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.observation.BrokerObservation.AppliedPolicies;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyOverrideTest {

  private final Map<String, Policy> policies = new HashMap<>();
  private String applied = "warren.q";
  private Optional<Policy> operatorPolicy = Optional.empty();

  @ParameterizedTest(name = "{0} by {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "maxLength: 5 | max-length-bytes: 1000 | policy 'other': max-length is not set",
        "maxLength: 5 | max-length: 9 | policy 'other': max-length is 9",
        "maxLength: 5, messageTTL: 1h | max-length: 5 | policy 'other': message-ttl is not set",
        "maxLength: 5, messageTTL: 1h | expires: 1"
            + "| policy 'other': max-length is not set, message-ttl is not set",
        "deadLetter: {queue: d}, overflow: drop-head | dead-letter-exchange: x, overflow: drop-head"
            + "| policy 'other': dead-letter-exchange is x, dead-letter-routing-key is not set",
        "members: 3 | target-group-size: 5 | policy 'other': target-group-size is 5",
        // The operator itself maintains the members.
        "members: 3 | expires: 1 | -",
        "maxLength: 5 | max-length: 5, expires: 1 | -",
        "deliveryLimit: 5 | delivery-limit: 5 | -",
        // No field is overridden.
        "onDelete: Retain | max-length: 1 | -",
      })
  void aPolicyThatAppliesInsteadIsReportedWithTheSettingsThatItChanges(
      String fields, String other, String reported) {
    policies.put("other", policy("other", 100, other));
    applied = "other";

    assertThat(overridden(fields)).isEqualTo(Optional.ofNullable(reported));
  }

  @ParameterizedTest(name = "{0} by {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "maxLength: 5, messageTTL: 1h | max-length: 3 | operator policy 'above': max-length is 3",
        "maxLength: 5 | message-ttl: 3 | -",
        "maxLength: 5 | max-length: 5 | -",
      })
  void anOperatorPolicyIsReportedWithItsSettings(String fields, String above, String reported) {
    operatorPolicy = Optional.of(policy("above", 0, above));

    assertThat(overridden(fields)).isEqualTo(Optional.ofNullable(reported));
  }

  @Test
  void aPolicyThatKeepsTheFieldsDoesNotHideAnOperatorPolicy() {
    policies.put("other", policy("other", 100, "max-length: 5"));
    applied = "other";
    operatorPolicy = Optional.of(policy("above", 0, "max-length: 3"));

    assertThat(overridden("maxLength: 5")).contains("operator policy 'above': max-length is 3");
  }

  @Test
  void itsOwnPolicyOverridesNothing() {
    policies.put("other", policy("other", 500, "max-length: 9"));

    assertThat(overridden("maxLength: 5")).isEmpty();
  }

  /** RabbitMQ still shows the previous policy. */
  @Test
  void aPolicyOfLowerPriorityAppliesForAMomentOnly() {
    policies.put("other", policy("other", 99, "max-length: 9"));
    applied = "other";

    assertThat(overridden("maxLength: 5")).isEmpty();
  }

  @Test
  void aMissingOrUnknownPolicyOverridesNothing() {
    applied = "gone";
    assertThat(overridden("maxLength: 5")).isEmpty();

    applied = "";
    assertThat(overridden("maxLength: 5")).isEmpty();
  }

  @Test
  void nothingIsReportedBeforeItsOwnPolicyIsDeclared() {
    policies.put("other", policy("other", 500, "max-length: 9"));
    policies.put("warren.q", policy("warren.q", 100, "max-length: 4"));
    applied = "other";
    assertThat(PolicyOverride.of(queue("maxLength: 5"), state(), definitions())).isEmpty();

    policies.remove("warren.q");
    assertThat(PolicyOverride.of(queue("maxLength: 5"), state(), definitions())).isEmpty();
  }

  /** With the queue's own policy in place, if it needs one. */
  private Optional<String> overridden(String fields) {
    QueueSpec queue = queue(fields);
    Policy own = DesiredDefinitions.policy(queue);
    if (!own.definition().isEmpty()) {
      policies.put(own.name(), own);
    }
    return PolicyOverride.of(queue, state(), definitions());
  }

  private QueueState state() {
    return new QueueState(
        "q",
        Optional.of("rabbit@a"),
        List.of("rabbit@a"),
        List.of("rabbit@a"),
        Optional.empty(),
        new AppliedPolicies(Optional.of(applied).filter(name -> !name.isEmpty()), operatorPolicy));
  }

  private BrokerDefinitions definitions() {
    return new BrokerDefinitions(Map.of(), Map.of(), Set.of(), policies, Map.of());
  }

  private static QueueSpec queue(String fields) {
    return Serialization.unmarshal("---\n{name: q, type: quorum, " + fields + "}", QueueSpec.class);
  }

  @SuppressWarnings("unchecked")
  private static Policy policy(String name, int priority, String definition) {
    return new Policy(
        name,
        ".*",
        "all",
        priority,
        Serialization.unmarshal("---\n{" + definition + "}", Map.class));
  }
}
