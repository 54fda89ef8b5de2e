package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.PasswordHash;
import dev.warren.operator.plan.BrokerAction;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import dev.warren.operator.plan.TopologyPlan;
import dev.warren.operator.plan.TopologyPlanner;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The plan and the client against a real RabbitMQ: {@code make test-node} starts it. */
class ManagementApiBrokerIT {

  private static final URI URL = URI.create(required("WARREN_BROKER_URL"));
  private static final String USER = required("WARREN_BROKER_USER");
  private static final String PASSWORD = required("WARREN_BROKER_PASSWORD");

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private final BrokerClient broker =
      new ManagementApiBrokerClient(HTTP, List.of(URL), USER, PASSWORD);

  @Test
  void whatIsPlannedForAnyNameIsThereAfterwardsAndNothingIsLeftToDo() {
    List<String> names =
        List.of("a b", "a/b", "a.b", "^a$", "(a|b)*", "50%+1", "日本", "é".repeat(127) + "x");
    for (String name : names) {
      BrokerDefinitions desired = everythingNamed(name);

      carryOut(TopologyPlanner.plan(desired, observed().definitions()));

      assertThat(TopologyPlanner.plan(desired, observed().definitions()))
          .as(name)
          .isEqualTo(new TopologyPlan(List.of(), List.of()));
    }
  }

  @Test
  void theBrokerAppliesAQueuesPolicyToThatQueue() {
    carryOut(TopologyPlanner.plan(everythingNamed("with.policy"), observed().definitions()));
    carryOut(TopologyPlanner.plan(everythingNamed("withXpolicy"), observed().definitions()));

    // RabbitMQ hands policies to queues a moment after it answered.
    await().until(() -> policyOf("with.policy"), "warren.with.policy"::equals);
    await().until(() -> policyOf("withXpolicy"), "warren.withXpolicy"::equals);
  }

  @Test
  void anApplicationsUserMayUseTheVirtualHostAndItsPasswordIsKnownFromItsHash() {
    broker.apply(new BrokerAction.PutUser("application", "a password"));

    BrokerDefinitions.User user = observed().definitions().users().get("application");
    assertThat(user.permitted()).isTrue();
    assertThat(user.tags()).isEmpty();
    assertThat(PasswordHash.matches(user.passwordHash(), "a password")).isTrue();
    assertThat(PasswordHash.matches(user.passwordHash(), "another")).isFalse();
  }

  @Test
  void aNewQueueHasALeaderThatIsARunningNode() {
    carryOut(TopologyPlanner.plan(everythingNamed("led"), observed().definitions()));

    Reachable observed = observed();
    String leader = observed.queues().get("led").leader().orElseThrow();
    assertThat(observed.nodes().get(leader).running()).isTrue();
    assertThat(observed.queues().get("led").online()).containsExactly(leader);
  }

  @Test
  void aBindingToNothingIsRefusedInTheBrokersWords() {
    assertThatThrownBy(
            () ->
                broker.apply(
                    new BrokerAction.Bind(new Binding("amq.topic", "missing", "", Map.of()))))
        .isInstanceOf(BrokerException.class)
        .hasMessage("no queue 'missing' in vhost '/'")
        .extracting(e -> ((BrokerException) e).kind())
        .isEqualTo(BrokerException.Kind.REFUSED);
  }

  private static BrokerDefinitions everythingNamed(String name) {
    MessageTopologySpec spec =
        Serialization.unmarshal(
            """
            exchanges: [{name: NAME, type: headers}]
            queues:
              - {name: NAME, type: quorum, messageTTL: 1h, deliveryLimit: 5, deadLetter: {queue: NAME}}
            bindings:
              - {exchange: NAME, queue: NAME, arguments: {x-match: all, n: 5, big: true}}
              - {exchange: NAME, queue: NAME, routingKey: "order.#", arguments: {kind: NAME}}
            """
                .replace("NAME", "'" + name + "'"),
            MessageTopologySpec.class);
    return DesiredDefinitions.of(spec);
  }

  private void carryOut(TopologyPlan plan) {
    plan.actions().forEach(broker::apply);
  }

  private Reachable observed() {
    return (Reachable) broker.observe();
  }

  private static String policyOf(String name) throws Exception {
    String credentials = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes());
    HttpRequest request =
        HttpRequest.newBuilder(URL.resolve("/api/queues/%2F/" + name + "?disable_stats=true"))
            .header("Authorization", "Basic " + credentials)
            .build();
    JsonNode queue =
        new ObjectMapper().readTree(HTTP.send(request, BodyHandlers.ofString()).body());
    return queue.path("policy").asText();
  }

  private static String required(String variable) {
    return Objects.requireNonNull(
        System.getenv(variable), variable + " is not set: run this test by `make test-node`");
  }
}
