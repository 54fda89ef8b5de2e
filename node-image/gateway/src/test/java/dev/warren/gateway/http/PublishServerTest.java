package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.Flood;
import dev.warren.gateway.TestEndpoints;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PublishServerTest {

  private static final PublishEndpoint ENDPOINT = TestEndpoints.publish(5000, 1000, 10);
  private static final String SHOP = "https://shop.example";

  private final Vertx vertx = Vertx.vertx();
  private final Publisher publisher = new Publisher(new NoBroker(), "test");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Clients clients = new Clients(1 << 20, 1 << 20);
  private PublishServer server;

  private void listen(PublishEndpoint endpoint) {
    server =
        new PublishServer(
            vertx,
            endpoint,
            new GatewayConfig(List.of(), Optional.of(endpoint), Set.of("in"), Set.of()),
            publisher,
            clients,
            meters);
    server.listen().toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void close() {
    publisher.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void eachConnectionHasOneRequestAtATime() throws Exception {
    listen(ENDPOINT);
    URI document = URI.create("http://localhost:" + server.port() + "/openapi.json");
    try (HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build()) {
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(document).build(), BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(Version.HTTP_1_1);
    }
  }

  @Test
  void pagesOfAllowedOriginsMayPublish() throws Exception {
    listen(limited(10, false, List.of(SHOP)));

    HttpResponse<String> question =
        send(
            "OPTIONS",
            "Origin",
            SHOP,
            "Access-Control-Request-Method",
            "POST",
            "Access-Control-Request-Headers",
            "warren-header-region");
    assertThat(question.statusCode()).isEqualTo(204);
    assertThat(question.headers().firstValue("access-control-allow-origin")).hasValue(SHOP);
    assertThat(question.headers().firstValue("access-control-allow-methods").orElseThrow())
        .contains("POST");
    assertThat(question.headers().firstValue("access-control-allow-headers"))
        .hasValue("warren-header-region");

    HttpResponse<String> allowed = send("POST", "Origin", SHOP);
    assertThat(allowed.statusCode()).as("there is no broker").isEqualTo(503);
    assertThat(allowed.headers().firstValue("access-control-allow-origin")).hasValue(SHOP);

    HttpResponse<String> refused = send("POST", "Origin", "https://other.example");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("urn:warren:problem:not-allowed");
    assertThat(refused.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  @Test
  void aRequestWithoutAHostIsNotOneOfAWrongOrigin() throws IOException {
    listen(limited(10, false, List.of(SHOP)));
    assertThat(talk("POST /queues/in HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("urn:warren:problem:bad-request");
  }

  @Test
  void programsAreNotAffectedByAllowedOrigins() throws Exception {
    listen(limited(10, false, List.of(SHOP)));
    assertThat(send("POST", "X", "y").statusCode()).as("there is no broker").isEqualTo(503);
    assertThat(send("PUT", "X", "y").statusCode()).isEqualTo(405);
  }

  @Test
  void allOriginsMayBeAllowedWhileItListens() throws Exception {
    listen(ENDPOINT);
    assertThat(send("POST", "Origin", SHOP).headers().firstValue("access-control-allow-origin"))
        .isEmpty();

    server.change(
        limited(10, false, List.of("*")),
        new GatewayConfig(List.of(), Optional.empty(), Set.of("in"), Set.of()));
    assertThat(send("POST", "Origin", SHOP).headers().firstValue("access-control-allow-origin"))
        .hasValue("*");
  }

  @Test
  void behindAProxyAClientIsTheAddressInTheHeader() throws Exception {
    listen(limited(1, true, List.of()));
    try (Socket first = connect("PROXY TCP4 10.0.0.7 10.0.0.1 40000 8080\r\n");
        Socket other = connect("PROXY TCP4 10.0.0.8 10.0.0.1 40000 8080\r\n");
        Socket second = connect("PROXY TCP4 10.0.0.7 10.0.0.1 40001 8080\r\n")) {
      assertThat(Flood.answer(first, "GET /openapi.json HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 200 ");
      assertThat(Flood.answer(other, "GET /openapi.json HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 200 ");
      assertThat(Flood.answer(second, "GET /openapi.json HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 503 ");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void whatTheLibraryRefusesIsAProblemToo(String what, String request, int status, String code)
      throws IOException {
    listen(ENDPOINT);
    String answer = talk(request);

    assertThat(answer).matches("(?s)HTTP/1\\.[01] " + status + " .*");
    assertThat(answer).contains("content-type: application/problem+json");
    JsonObject problem = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.getString("type")).isEqualTo("urn:warren:problem:" + code);
    assertThat(meters.get("warren.gateway.publish.requests").tag("outcome", code).counter().count())
        .isEqualTo(1);
  }

  static Stream<Arguments> whatTheLibraryRefusesIsAProblemToo() {
    String head = "POST /queues/in HTTP/1.1\r\nHost: a\r\n";
    return Stream.of(
        Arguments.of("no HTTP", "hello\r\n\r\n", 400, "bad-request"),
        Arguments.of("another version", "GET /openapi.json HTTP/2.0\r\n\r\n", 400, "bad-request"),
        Arguments.of("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad-request"),
        Arguments.of(
            "no chunks", head + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, "bad-request"),
        Arguments.of(
            "an upgrade",
            "GET / HTTP/1.1\r\nConnection: close\r\nUpgrade: websocket\r\n\r\n",
            405,
            "method-not-allowed"),
        Arguments.of("no length", head + "Content-Length: x\r\n\r\n", 400, "bad-request"),
        Arguments.of(
            "two lengths",
            head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
            400,
            "bad-request"),
        Arguments.of(
            "a long first line",
            "POST /" + "x".repeat(5000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
            414,
            "uri-too-long"),
        Arguments.of(
            "long headers",
            head + "Cookie: " + "x".repeat(9000) + "\r\n\r\n",
            431,
            "headers-too-large"),
        Arguments.of(
            "many headers", head + "A: b\r\n".repeat(3000) + "\r\n", 431, "headers-too-large"));
  }

  @Test
  void aRequestWhoseBodyIsNotHttpIsOver() throws IOException {
    listen(ENDPOINT);
    talk("POST /queues/in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");

    await().until(() -> server.inFlight() == 0);
  }

  @Test
  void allRequestsOfAPipelineAreAnswered() throws IOException {
    listen(ENDPOINT);
    String answers =
        talk(
            "GET /openapi.json HTTP/1.1\r\n\r\n".repeat(3)
                + "POST /queues/in HTTP/1.1\r\nContent-Length: 1\r\n\r\nx".repeat(3)
                + "PUT / HTTP/1.1\r\nConnection: close\r\n\r\n");

    assertThat(answers.split("HTTP/1.1 ", -1))
        .extracting(answer -> answer.substring(0, Math.min(3, answer.length())))
        .containsExactly("", "200", "200", "200", "503", "503", "503", "405");
  }

  @Test
  void eachMessageOfABatchHasMemoryWithItsResult() throws Exception {
    clients = new Clients(1 << 20, 8 * PublishRequest.MESSAGE_BYTES);
    listen(ENDPOINT);
    String event = "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\"}";
    String type = "application/cloudevents-batch+json";

    assertThat(send("POST", "[" + event + "]", new String[] {"Content-Type", type}).body())
        .contains(":unavailable");
    assertThat(
            send(
                "POST",
                "[" + event + ("," + event).repeat(5) + "]",
                new String[] {"Content-Type", type}))
        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(503))
        .satisfies(answer -> assertThat(answer.body()).contains(":overloaded"));
  }

  /** What comes back until the connection is closed, or nothing comes for a while. */
  private String talk(String request) throws IOException {
    try (Socket socket = new Socket("localhost", server.port())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void behindAProxyAConnectionWithoutAHeaderIsClosed() throws Exception {
    listen(limited(1, true, List.of()));
    try (Socket client = connect("GET /openapi.json HTTP/1.1\r\n\r\n")) {
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
  }

  private static PublishEndpoint limited(
      int connectionsPerClient, boolean proxyProtocol, List<String> origins) {
    return new PublishEndpoint(
        0,
        5000,
        1000,
        10,
        10,
        connectionsPerClient,
        60_000,
        proxyProtocol,
        origins,
        Optional.empty());
  }

  /** Once it is admitted, a connection has its place. */
  private Socket connect(String begin) throws IOException {
    Socket client = new Socket("localhost", server.port());
    client.setSoTimeout(5000);
    client.getOutputStream().write(begin.getBytes(US_ASCII));
    return client;
  }

  private HttpResponse<String> send(String method, String... headers) throws Exception {
    return send(method, "x", headers);
  }

  private HttpResponse<String> send(String method, String body, String[] headers) throws Exception {
    URI in = URI.create("http://localhost:" + server.port() + "/queues/in");
    try (HttpClient client = HttpClient.newBuilder().version(Version.HTTP_1_1).build()) {
      return client.send(
          HttpRequest.newBuilder(in)
              .headers(headers)
              .method(method, BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    }
  }

  @Test
  void theDocumentHasTheLimits() throws Exception {
    listen(ENDPOINT);
    URI document = URI.create("http://localhost:" + server.port() + "/openapi.json");
    try (HttpClient client = HttpClient.newHttpClient()) {
      String json =
          client.send(HttpRequest.newBuilder(document).build(), BodyHandlers.ofString()).body();

      assertThat(new JsonObject(json).getJsonObject("x-warren-limits"))
          .isEqualTo(
              new JsonObject()
                  .put("firstLineBytes", 4096)
                  .put("headerBytes", 8192)
                  .put("headSeconds", 10)
                  .put("bodyBytes", 1000)
                  .put("jsonEventBytes", 1048576)
                  .put("bodySeconds", 30)
                  .put("messagesAtATime", 10));
    }
  }

  private static final class NoBroker extends ConnectionFactory {

    @Override
    public Connection newConnection(ExecutorService callbacks, String name) throws IOException {
      throw new IOException("there is no broker");
    }
  }
}
