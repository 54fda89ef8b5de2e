package dev.warren.operator.plan.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import org.junit.jupiter.api.Test;

/** Secrets that somebody has deleted. */
class CredentialsPlannerTest {

  private static final MessageTopologySpec THREE = Specs.of(3);

  private final InMemoryCluster cluster = new InMemoryCluster();

  @Test
  void secretsThatNodesWereCreatedWithAreNotRecreated() {
    cluster.converge(THREE);
    cluster.delete("Secret", "orders-admin");
    cluster.delete("Secret", "orders-erlang-cookie");

    ReconcilePlan plan = cluster.plan(THREE);
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.nodeProblems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("orders-admin and orders-erlang-cookie");
  }

  @Test
  void aDeletedConnectionSecretGetsANewPassword() {
    cluster.converge(THREE);
    String before = cluster.get("Secret", "orders-connection").at("/data/password").asText();
    cluster.delete("Secret", "orders-connection");
    assertThat(cluster.plan(THREE).broker()).as("nobody knows it yet").isEmpty();
    cluster.converge(THREE);

    assertThat(cluster.get("Secret", "orders-connection").at("/data/password").asText())
        .isNotEmpty()
        .isNotEqualTo(before);
  }
}
