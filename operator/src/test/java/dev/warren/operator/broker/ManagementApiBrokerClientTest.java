package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.ApiAction;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Move;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.QueueLoad;
import dev.warren.operator.observation.QueueLoad.Count;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ManagementApiBrokerClientTest {
  private static final String PASSWORD = "s3cr3t-p\u00e4ss";
  private static final ApiAction ACTION = new BrokerAction.AddMember("q", "rabbit@b");

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
  private URI closed;

  @BeforeEach
  void findAClosedPort() throws IOException {
    try (ServerSocket socket = listen()) {
      closed = uri(socket.getLocalPort());
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : opened) {
      closeable.close();
    }
    http.shutdownNow();
  }

  @Test
  void observesWithFourRequestsToOneNode() throws IOException {
    BrokerObservation observation = client(broker("quorum")).observe();

    assertThat(observation).isInstanceOf(Reachable.class);
    assertThat(((Reachable) observation).queues()).containsOnlyKeys("orders");
    assertThat(withoutShovels())
        .containsExactly(
            "GET /api/definitions",
            "GET /api/nodes?columns=name,running,enabled_plugins",
            "GET /api/health/checks/alarms",
            "GET /api/queues/%2F?disable_stats=true&enable_queue_totals=true&columns=name,type,state,"
                + "node,leader,members,online,messages,messages_ready,messages_unacknowledged");
  }

  @Test
  void asksForTheCopiesOfStreams() throws IOException {
    client(broker("stream")).observe();

    assertThat(withoutShovels())
        .hasSize(5)
        .contains("GET /api/queues/%2F?disable_stats=true&columns=name,leader,members,online");
  }

  /** These are asked for only if there is any, as there is one here. */
  private List<String> withoutShovels() {
    assertThat(requests).contains("GET /api/shovels/%2F");
    return requests.stream().filter(request -> !request.contains("shovels")).toList();
  }

  @Test
  void whatRunsOfTheMovesIsKnownOnlyWithThePluginThatTells() throws IOException {
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
    return (Reachable) client(broker).observe();
  }

  /** A node that gives these answers, by their paths. */
  private URI observed(Map<String, String> answers) throws IOException {
    return server(
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

  /** RabbitMQ takes 5 s and more for a deletion; one that is not waited for is half done. */
  @Test
  void aDeletionIsGivenTheTimeThatItTakes() throws IOException {
    URI slow =
        server(
            exchange -> {
              pause(Duration.ofMillis(3500));
              answer(exchange, 204, "");
            });

    client(slow).deleteQueue("a/b", Duration.ofSeconds(15));

    assertThat(requests).containsExactly("DELETE /api/queues/%2F/a%2Fb");
    assertThatThrownBy(() -> client(slow).deleteQueue("q", Duration.ofSeconds(1)))
        .hasMessageEndingWith(" did not answer within 1 s");
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void passesOverNodesThatAreDownOrFailing() throws IOException {
    URI failing = server(503, "{\"error\":\"service_unavailable\",\"reason\":\"booting\"}");
    URI nonsense = server(200, "<html>");

    assertThat(client(closed, failing, nonsense, broker("quorum")).observe())
        .isInstanceOf(Reachable.class);
  }

  @Test
  void passesOverASilentNodeWithinItsTimeout() throws IOException {
    long start = System.nanoTime();

    assertThat(client(silent(""), broker("quorum")).observe()).isInstanceOf(Reachable.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void passesOverANodeThatFallsSilentAfterItsHeaders() throws IOException {
    URI stalling = silent("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{");

    assertThat(client(stalling, broker("quorum")).observe()).isInstanceOf(Reachable.class);
  }

  @Test
  void isUnreachableWhenNoNodeAnswers() throws IOException {
    assertThat(client(closed).observe())
        .isEqualTo(new Unreachable("127.0.0.1:" + closed.getPort() + " could not be connected to"));
    assertThat(client().observe()).isEqualTo(new Unreachable("The broker has no node to ask"));
  }

  @Test
  void stopsAtANodeThatKnowsOtherCredentials() throws IOException {
    URI stranger = server(401, "{\"error\":\"not_authorized\",\"reason\":\"Not_Authorized\"}");

    assertThat(client(stranger, broker("quorum")).observe()).isInstanceOf(Unreachable.class);
    assertThat(requests).hasSize(1);
  }

  @Test
  void encodesNamesAsPathSegments() throws IOException {
    String odd = "a b/+%\u00fc?#";
    String encoded = "a%20b%2F%2B%25%C3%BC%3F%23";
    ManagementApiBrokerClient client = client(server(204, ""));

    client.apply(new BrokerAction.DeclareExchange(new Exchange(odd, "topic", Map.of())));
    client.apply(new BrokerAction.DeclareQueue(new Queue(odd, "quorum", Map.of())));
    client.apply(new BrokerAction.Bind(new Binding(odd, odd, "k", Map.of())));

    assertThat(requests)
        .containsExactly(
            "PUT /api/exchanges/%2F/"
                + encoded
                + " {'arguments':{},'durable':true,'type':'topic'}".replace('\'', '"'),
            "PUT /api/queues/%2F/"
                + encoded
                + " {'arguments':{'x-queue-type':'quorum'},'durable':true}".replace('\'', '"'),
            "POST /api/bindings/%2F/e/"
                + encoded
                + "/q/"
                + encoded
                + " {'arguments':{},'routing_key':'k'}".replace('\'', '"'));
  }

  @Test
  void aNameOfDotsIsNotAStepUpThePath() throws IOException {
    BrokerException failure =
        failure(client(server(204, "")), new BrokerAction.PutUser("..", PASSWORD));

    assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    assertThat(requests).isEmpty();
  }

  @Test
  void givesAUserItsPasswordAndPermissions() throws IOException {
    client(server(204, "")).apply(new BrokerAction.PutUser("app", PASSWORD));

    assertThat(requests)
        .containsExactly(
            "PUT /api/users/app {\"password\":\"" + PASSWORD + "\",\"tags\":\"\"}",
            "PUT /api/permissions/%2F/app"
                + " {\"configure\":\".*\",\"read\":\".*\",\"write\":\".*\"}");
  }

  @Test
  void setsAPolicy() throws IOException {
    client(server(204, ""))
        .apply(
            new BrokerAction.PutPolicy(
                new Policy("p", "^q$", "quorum_queues", 7, Map.of("max-length", 10L))));

    assertThat(requests)
        .containsExactly(
            "PUT /api/policies/%2F/p {\"apply-to\":\"quorum_queues\","
                + "\"definition\":{\"max-length\":10},\"pattern\":\"^q$\",\"priority\":7}");
  }

  @Test
  void movesMessagesAndShutsAndOpensTheDoor() throws IOException {
    ManagementApiBrokerClient client = client(server(204, ""));

    client.apply(new BrokerAction.StartMove("m", new Move("a", "b")));
    client.apply(new BrokerAction.EndMove("m"));
    client.apply(new BrokerAction.KeepClientsOut());
    client.apply(new BrokerAction.LetClientsIn());

    assertThat(requests)
        .containsExactly(
            "PUT /api/parameters/shovel/%2F/m {\"value\":{\"ack-mode\":\"on-confirm\","
                + "\"dest-protocol\":\"amqp091\",\"dest-queue\":\"b\",\"dest-uri\":\"amqp://\","
                + "\"reconnect-delay\":1,\"src-protocol\":\"amqp091\",\"src-queue\":\"a\","
                + "\"src-uri\":\"amqp://\"}}",
            "DELETE /api/parameters/shovel/%2F/m",
            "PUT /api/vhost-limits/%2F/max-connections {\"value\":0}",
            "DELETE /api/vhost-limits/%2F/max-connections");
  }

  @Test
  void changesMembers() throws IOException {
    ManagementApiBrokerClient client = client(members("voter", "promotable"));

    client.apply(new BrokerAction.AddMember("q", "rabbit@b"));
    client.apply(new BrokerAction.RemoveMember("q", "rabbit@b"));

    assertThat(requests)
        .containsExactly(
            "POST /api/queues/quorum/%2F/q/replicas/add {\"node\":\"rabbit@b\"}",
            "GET /api/queues/quorum/%2F/q/status",
            "DELETE /api/queues/quorum/%2F/q/replicas/delete {\"node\":\"rabbit@b\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"promotable", "unknown", ""})
  void aMemberIsNotRemovedWhileAnotherDoesNotHaveAllMessages(String membership) throws IOException {
    ManagementApiBrokerClient client = client(members(membership, "voter"));

    assertThat(failure(client, new BrokerAction.RemoveMember("q", "rabbit@b")))
        .hasMessage("its member on rabbit@a does not have all messages yet")
        .extracting(BrokerException::kind)
        .isEqualTo(Kind.REFUSED);
    assertThat(requests).containsExactly("GET /api/queues/quorum/%2F/q/status");
  }

  /** A node of a broker with a queue that has members on rabbit@a and rabbit@b. */
  private URI members(String a, String b) throws IOException {
    String status =
        """
        [{"Node Name": "rabbit@a", "Raft State": "leader", "Membership": "%s"},
         {"Node Name": "rabbit@b", "Raft State": "follower", "Membership": "%s"}]
        """
            .formatted(a, b);
    return server(exchange -> answer(exchange, 200, status));
  }

  @ParameterizedTest
  @CsvSource({
    "400, bad_request, REFUSED",
    "404, not_found, REFUSED",
    "405, method_not_allowed, REFUSED",
    "409, conflict, REFUSED",
    "413, too_large, REFUSED",
    "401, not_authorised, REFUSED",
    "401, not_authorized, UNAUTHORIZED",
    "500, internal, FAILED",
    "503, service_unavailable, UNAVAILABLE"
  })
  void tellsKindsOfFailureApart(int status, String error, Kind kind) throws IOException {
    URI broker = server(status, "{\"error\":\"" + error + "\",\"reason\":\" because \\n\"}");

    BrokerException failure = failure(client(broker), ACTION);

    assertThat(failure.kind()).isEqualTo(kind);
    if (kind == Kind.REFUSED) {
      assertThat(failure).hasMessage("because");
    }
  }

  @Test
  void whatFailsAtEveryNodeThatIsThereHasFailed() throws IOException {
    URI failing = server(500, "");

    assertThat(failure(client(failing, closed), ACTION).kind()).isEqualTo(Kind.FAILED);
    assertThat(failure(client(closed, failing), ACTION).kind()).isEqualTo(Kind.FAILED);
  }

  @Test
  void whatANodeMayStillBeDoingHasNotFailedYet() throws IOException {
    assertThat(failure(client(silent(""), server(500, "")), ACTION).kind())
        .isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void forbiddenIsNotAWrongPassword() throws IOException {
    URI broker = server(401, "{\"error\":\"not_authorized\",\"reason\":\"Access refused.\"}");

    assertThat(failure(client(broker), ACTION).kind()).isEqualTo(Kind.REFUSED);
  }

  @Test
  void aRefusalIsNotAskedAgainElsewhere() throws IOException {
    URI refusing = server(400, "{\"error\":\"bad_request\",\"reason\":\"no\"}");

    assertThat(failure(client(refusing, broker("quorum")), ACTION)).hasMessage("no");
    assertThat(requests).hasSize(1);
  }

  @Test
  void actsThroughTheNextNodeWhenOneIsDown() throws IOException {
    ManagementApiBrokerClient client = client(closed, server(204, ""));

    assertThatCode(() -> client.apply(ACTION)).doesNotThrowAnyException();
  }

  @Test
  void failuresDoNotTellPasswords() throws IOException {
    BrokerException failure =
        failure(client(closed, server(500, "")), new BrokerAction.PutUser("app", PASSWORD));

    for (Throwable t = failure; t != null; t = t.getCause()) {
      assertThat(t.toString()).doesNotContain(PASSWORD);
    }
  }

  @Test
  void anInterruptStopsItAndIsKept() throws IOException {
    Thread.currentThread().interrupt();
    try {
      assertThat(client(silent(""), broker("quorum")).observe()).isInstanceOf(Unreachable.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void countsTheMessagesOfTheNamedQueuesOnly() throws IOException {
    URI broker =
        server(
            exchange -> {
              String query = exchange.getRequestURI().getQuery();
              if (query == null) {
                answer(exchange, 200, "{\"status\": \"ok\"}");
              } else if (query.contains("message_stats")) {
                answer(
                    exchange,
                    200,
                    "{\"items\": [{\"name\": \"a b\", \"message_stats\":"
                        + " {\"ack\": 70, \"deliver_no_ack\": 5}}, {\"name\": \"new\"}]}");
              } else {
                answer(
                    exchange,
                    200,
                    "{\"items\": [{\"name\": \"a b\", \"leader\": \"x\", \"online\": [\"x\"],"
                        + " \"messages_ready\": 3, \"messages_unacknowledged\": 2},"
                        + " {\"name\": \"new\", \"leader\": \"x\", \"online\": [\"y\"],"
                        + " \"messages_ready\": 0, \"messages_unacknowledged\": 0},"
                        + " {\"name\": \"uncounted\", \"leader\": \"x\", \"online\": [\"x\"]}]}");
              }
            });

    QueueLoad load = client(broker).load(Set.of("a b", "new"));

    assertThat(load)
        .isEqualTo(
            new QueueLoad(
                List.of(),
                Map.of("a b", new Count(true, 3, 2, 75), "new", new Count(false, 0, 0, 0))));
    assertThat(requests)
        .containsExactly(
            "GET /api/health/checks/alarms",
            "GET /api/queues/%2F?page=1&page_size=500&use_regex=true&name=%5E%28a%5C%20b%7Cnew%29%24"
                + "&disable_stats=true&enable_queue_totals=true&columns=name,type,state,node,leader,"
                + "online,messages_ready,messages_unacknowledged",
            "GET /api/queues/%2F?page=1&page_size=500&use_regex=true&name=%5E%28a%5C%20b%7Cnew%29%24"
                + "&columns=name,message_stats.ack,message_stats.deliver_no_ack,"
                + "message_stats.get_no_ack");
  }

  @Test
  void countsAllQueuesWhenTheNamesAreTooLongAQuestion() throws IOException {
    client(server(200, "[]"))
        .load(
            IntStream.range(0, 200)
                .mapToObj(n -> "queue-with-a-long-name-" + n)
                .collect(Collectors.toSet()));

    assertThat(requests).hasSize(3).noneMatch(request -> request.contains("use_regex"));
  }

  @Test
  void tellsWhatHasRunOut() throws IOException {
    URI broker =
        server(
            exchange -> {
              if (exchange.getRequestURI().getPath().endsWith("/alarms")) {
                answer(
                    exchange,
                    503,
                    "{\"status\": \"failed\", \"reason\": \"There are alarms\", \"alarms\":"
                        + " [{\"node\": \"a\", \"resource\": \"memory\"}, {\"node\": \"b\","
                        + " \"resource\": \"disk\"}, {\"node\": \"b\", \"resource\": \"memory\"}]}");
              } else {
                answer(exchange, 200, "[]");
              }
            });

    assertThat(client(broker).load(Set.of("q")).alarms()).containsExactly("disk", "memory");
  }

  @Test
  void doesNotTakeAFailureForNoMessages() throws IOException {
    URI booting = server(503, "{\"error\":\"service_unavailable\",\"reason\":\"booting\"}");

    assertThatThrownBy(() -> client(booting).load(Set.of("q"))).isInstanceOf(BrokerException.class);
    assertThatThrownBy(() -> client(closed).workByAddress()).isInstanceOf(BrokerException.class);
  }

  @Test
  void asksNoMoreThanTwoNodesForTheLoad() throws IOException {
    assertThatThrownBy(() -> client(closed, closed, server(200, "[]")).load(Set.of("q")))
        .isInstanceOf(BrokerException.class);
    assertThat(requests).isEmpty();
  }

  @Test
  void addsUpWhatTheChannelsOfAnAddressHold() throws IOException {
    URI broker =
        server(
            200,
            """
            [{"connection_details": {"peer_host": "10.0.0.1"}, "messages_unacknowledged": 3,
              "idle_since": "2026-01-01T12:00:00.000+00:00"},
             {"connection_details": {"peer_host": "10.0.0.1"}, "messages_unacknowledged": 4,
              "idle_since": "2026-01-01T12:00:01.000+00:00"},
             {"connection_details": {"peer_host": "10.0.0.2"}, "messages_unacknowledged": 0},
             {"connection_details": {"peer_host": "10.0.0.3"}}]
            """);

    assertThat(client(broker).workByAddress())
        .isEqualTo(
            Map.of(
                "10.0.0.1",
                new ClientWork(7, Optional.of("2026-01-01T12:00:01.000+00:00")),
                "10.0.0.2",
                new ClientWork(0, Optional.empty()),
                "10.0.0.3",
                new ClientWork(1, Optional.empty())));
    assertThat(requests)
        .containsExactly(
            "GET /api/vhosts/%2F/channels?columns=connection_details.peer_host,"
                + "messages_unacknowledged,idle_since");
  }

  private static BrokerException failure(ManagementApiBrokerClient client, ApiAction action) {
    return catchThrowableOfType(BrokerException.class, () -> client.apply(action));
  }

  private ManagementApiBrokerClient client(URI... endpoints) {
    return new ManagementApiBrokerClient(http, List.of(endpoints), "operator", PASSWORD);
  }

  /** A node of a broker with one queue, orders, of the given type. */
  private URI broker(String queueType) throws IOException {
    return server(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (path.equals("/api/definitions")) {
            answer(exchange, 200, definitions(queueType));
          } else {
            answer(exchange, 200, path.equals("/api/nodes") ? "[]" : "[{\"name\":\"orders\"}]");
          }
        });
  }

  private static String definitions(String queueType) {
    return ManagementApiJsonTest.DEFINITIONS.replace("\"quorum\"", "\"" + queueType + "\"");
  }

  private URI server(int status, String body) throws IOException {
    return server(exchange -> answer(exchange, status, body));
  }

  private URI server(HttpHandler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          record(exchange);
          handler.handle(exchange);
        });
    server.start();
    opened.add(() -> server.stop(0));
    return uri(server.getAddress().getPort());
  }

  private void record(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(
        (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Accepts a connection, says no more than its beginning, and keeps it open. */
  private URI silent(String beginning) throws IOException {
    ServerSocket listener = listen();
    opened.add(listener);
    Thread.ofVirtual().start(() -> acceptAndSay(listener, beginning));
    return uri(listener.getLocalPort());
  }

  private void acceptAndSay(ServerSocket listener, String beginning) {
    try {
      Socket connection = listener.accept();
      opened.add(connection);
      connection.getOutputStream().write(beginning.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static URI uri(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }
}
