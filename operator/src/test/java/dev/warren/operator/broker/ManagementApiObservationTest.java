package dev.warren.operator.broker;

import static dev.warren.operator.broker.FakeManagementApi.answer;
import static dev.warren.operator.broker.FakeManagementApi.definitions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The requests of an observation. */
@Timeout(20)
class ManagementApiObservationTest {

  @RegisterExtension final FakeManagementApi api = new FakeManagementApi();

  @Test
  void observesWithFourRequestsToOneNode() throws IOException {
    BrokerObservation observation = api.client(api.broker("quorum")).observe();

    assertThat(observation).isInstanceOf(Reachable.class);
    assertThat(((Reachable) observation).queues()).containsOnlyKeys("orders");
    assertThat(withoutShovels())
        .containsExactly(
            "GET /api/definitions",
            "GET /api/nodes?columns=name,running,enabled_plugins",
            "GET /api/health/checks/alarms",
            "GET /api/queues/%2F?disable_stats=true&enable_queue_totals=true&columns=name,type,state,"
                + "node,leader,members,online,messages,messages_ready,messages_unacknowledged,"
                + "policy");
  }

  @Test
  void asksForTheMembersAndTheMessagesOfStreams() throws IOException {
    api.client(api.broker("stream")).observe();

    assertThat(withoutShovels())
        .hasSize(6)
        .contains(
            "GET /api/queues/%2F?disable_stats=true&columns=name,leader,members,online",
            "GET /api/queues/%2F?page=1&page_size=500&use_regex=true&name=%5E%28orders%29%24"
                + "&columns=name,messages,messages_ready,messages_unacknowledged");
  }

  @Test
  void withoutStatisticsOnlyTheLengthsOfStreamsAreUnknown() throws IOException {
    URI broker =
        api.server(
            exchange -> {
              String uri = exchange.getRequestURI().toString();
              if (uri.contains("use_regex")) {
                answer(exchange, 503, "{}");
              } else if (uri.equals("/api/definitions")) {
                answer(exchange, 200, definitions("stream"));
              } else {
                answer(exchange, 200, uri.contains("/queues/") ? "[{\"name\":\"orders\"}]" : "[]");
              }
            });

    assertThat(reachable(broker).queues().get("orders").messages()).isEmpty();
  }

  @Test
  void asksForTheSettingsInEffectIfThereAreOperatorPolicies() throws IOException {
    String parameter =
        json(
            "{'vhost': '/', 'component': 'operator_policy', 'name': 'cap', 'value': {'pattern': 'o',"
                + " 'apply-to': 'queues', 'priority': 0, 'definition': {'max-length': 3}}}, ");
    String settings =
        "/api/queues/%2F?disable_stats=true"
            + "&columns=name,operator_policy,effective_policy_definition";
    Map<String, String> answers =
        Map.of(
            "/api/definitions",
            definitions("quorum").replace("\"parameters\": [", "\"parameters\": [" + parameter),
            settings,
            json(
                "[{'name': 'orders', 'operator_policy': 'cap',"
                    + " 'effective_policy_definition': {'max-length': 3}}]"));
    URI broker =
        api.server(
            exchange -> {
              String uri = exchange.getRequestURI().toString();
              String other = uri.contains("/queues/") ? "[{\"name\":\"orders\"}]" : "[]";
              answer(exchange, 200, answers.getOrDefault(uri, other));
            });

    assertThat(reachable(broker).queues().get("orders").policies().operatorPolicy())
        .contains(new Policy("cap", "o", "queues", 0, Map.of("max-length", 3)));
    assertThat(api.requests()).contains("GET " + settings);
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  /** Shovels are asked for only if there is one. */
  private List<String> withoutShovels() {
    assertThat(api.requests()).contains("GET /api/shovels/%2F");
    return api.requests().stream().filter(request -> !request.contains("shovels")).toList();
  }

  @Test
  void runningMovesAreKnownOnlyWithTheShovelManagementPlugin() throws IOException {
    URI telling =
        observed(
            Map.of(
                "/api/shovels/%2F",
                "[{\"name\": \"back\", \"vhost\": \"/\", \"state\": \"running\"},"
                    + " {\"name\": \"other\", \"vhost\": \"/\", \"state\": \"terminated\"}]"));

    assertThat(reachable(telling).runningMoves()).containsExactly("back");
    assertThat(reachable(observed(Map.of())).runningMoves()).isEmpty();
  }

  private Reachable reachable(URI broker) {
    return (Reachable) api.client(broker).observe();
  }

  /** A node with these responses, by their paths. */
  private URI observed(Map<String, String> answers) throws IOException {
    return api.server(
        exchange -> {
          String path = exchange.getRequestURI().getRawPath();
          if (path.equals("/api/definitions")) {
            answer(exchange, 200, definitions("quorum"));
          } else if (path.startsWith("/api/shovels") && !answers.containsKey(path)) {
            answer(exchange, 404, "{\"error\": \"Object Not Found\"}");
          } else {
            answer(exchange, 200, answers.getOrDefault(path, "[]"));
          }
        });
  }
}
