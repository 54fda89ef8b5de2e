package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.BindingChange;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs both the management API and commands in Pods. */
class TopologyBrokerTest {

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<BindingChange> byAmqp = new ArrayList<>();
  private final FakeShell shell = new FakeShell();
  private Map<String, String> answers = Map.of();
  private HttpsServer server;
  private TopologyBroker broker;

  @BeforeEach
  void start() throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    TestAuthority authority = new TestAuthority();
    server.setHttpsConfigurator(new HttpsConfigurator(authority.server()));
    server.createContext("/", this::answer);
    server.start();
    URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    broker =
        new TopologyBroker(
            new ManagementApiBrokerClient(
                new NodeHttp(HttpClient.newBuilder(), System::nanoTime),
                List.of(new NodeAddress("orders-0", url, authority.identity())),
                "operator",
                "password"),
            byAmqp::add,
            shell,
            FakeShell.NODES,
            new TestClock());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aQueueWithoutMembersIsHalfDeletedIfTheNodesConfirmIt() {
    orders("\"leader\": null, \"online\": []");
    shell.answer(0, "{half_deleted,1}");

    assertThat(((Reachable) broker.observe()).halfDeleted()).containsExactly("orders");
  }

  @Test
  void withoutAnAnswerOfTheNodesNothingIsHalfDeleted() {
    orders("\"leader\": null, \"online\": []");
    shell.answer(1, "Error: nodedown");

    assertThat(((Reachable) broker.observe()).halfDeleted()).isEmpty();
  }

  @Test
  void nodesAreNotAskedAboutQueuesWithMembers() {
    orders("\"leader\": \"rabbit@a\", \"online\": [\"rabbit@a\"]");

    assertThat(((Reachable) broker.observe()).halfDeleted()).isEmpty();
    assertThat(shell.commands).isEmpty();
  }

  @Test
  void aQueueIsDeletedOnlyWhenItsLeaderCountsNoMessages() {
    shell.answer(0, "{counted,0,0,0}");

    broker.apply(new RemoveQueue("orders", true));

    assertThat(shell.commands).hasSize(1);
    assertThat(requests).containsExactly("DELETE /api/queues/%2F/orders");
  }

  @Test
  void anUnfinishedMemberIsRemoved() {
    answers = Map.of("/api/queues/quorum/%2F/orders/replicas/add", "500");

    assertThatThrownBy(() -> broker.apply(new AddMember("orders", "rabbit@b")))
        .isInstanceOfSatisfying(
            BrokerException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED));

    assertThat(shell.commands)
        .singleElement()
        .asString()
        .contains("rabbit_quorum_queue:delete_member(Q, Node)");
  }

  @Test
  void aBindingThatTheApiHasNoNameForIsChangedByAmqp() {
    answers = Map.of("/api/bindings/%2F/e/matched/q/work", "500");
    Map<String, Object> arguments = Map.of("x-match", "any");
    Bind bind = new Bind(new Binding("matched", "work", "sites~berlin", arguments));
    Unbind unbind = new Unbind(new Binding("matched", "work", "sites/berlin", arguments));

    broker.apply(bind);
    broker.apply(unbind);

    assertThat(byAmqp).containsExactly(bind, unbind);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void aRoutingKeyThatIsAStepInAPathIsRemovedByAmqp(String routingKey) {
    answers =
        Map.of(
            "/api/bindings/%2F/e/events/q/work",
            """
            [{"source": "events", "destination": "work", "routing_key": "%s", "arguments": {},
              "properties_key": "%s"}]"""
                .formatted(routingKey, routingKey));
    Unbind unbind = new Unbind(new Binding("events", "work", routingKey, Map.of()));

    broker.apply(unbind);

    assertThat(byAmqp).containsExactly(unbind);
  }

  @Test
  void otherBindingsAreRemovedByTheApi() {
    answers =
        Map.of(
            "/api/bindings/%2F/e/events/q/work",
            """
            [{"source": "events", "destination": "work", "routing_key": "a", "arguments": {},
              "properties_key": "a"}]""");

    broker.apply(new Unbind(new Binding("events", "work", "a", Map.of())));

    assertThat(requests).contains("DELETE /api/bindings/%2F/e/events/q/work/a");
    assertThat(byAmqp).isEmpty();
  }

  private void orders(String state) {
    answers =
        Map.of(
            "/api/definitions",
            ManagementApiJsonTest.DEFINITIONS,
            "/api/nodes",
            "[{\"name\": \"rabbit@a\", \"running\": true}]",
            "/api/queues/%2F",
            "[{\"name\": \"orders\", \"type\": \"quorum\", \"members\": [\"rabbit@a\"], "
                + state
                + "}]");
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    requests.add(exchange.getRequestMethod() + " " + path);
    String body = answers.getOrDefault(path, "[]");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(body.equals("500") ? 500 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
