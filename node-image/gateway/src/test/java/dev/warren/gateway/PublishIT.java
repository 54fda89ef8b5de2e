package dev.warren.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages by HTTP into a real RabbitMQ. */
class PublishIT {

  private static final PublishEndpoint ENDPOINT = TestEndpoints.publish(5000, 1_048_576, 1000);

  /** One of HTTP/2 would send all requests over one connection, and no more than a hundred. */
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final String USER = "gateway-publish";

  private static Vertx vertx;
  private static TestBroker broker;

  private EndpointServers servers;

  @BeforeAll
  static void declare() throws Exception {
    vertx = Vertx.vertx();
    broker = new TestBroker("gateway-publish");
    broker.declareQueue("hello");
    broker.declareQueue("a/b c");
    broker.declareQueue("full", Map.of("x-max-length", 0, "x-overflow", "reject-publish"));
    try (Channel channel = broker.channel()) {
      channel.exchangeDeclare("events", "topic", true);
      channel.queueBind("hello", "events", "order.*");
    }
    broker.addUser(USER, "secret", "^(amq\\\\.default)$");
  }

  @AfterAll
  static void remove() throws Exception {
    broker.removeUser(USER);
    broker.remove();
    vertx.close();
  }

  @BeforeEach
  void empty() throws Exception {
    try (Channel channel = broker.channel()) {
      channel.queuePurge("hello");
    }
  }

  @AfterEach
  void close() {
    if (servers != null) {
      servers.close();
    }
  }

  @Test
  void anAcceptedMessageIsInTheQueueWithItsProperties() throws Exception {
    serve(ENDPOINT);
    HttpResponse<String> response =
        post(
            "/queues/hello",
            "{}",
            "Content-Type",
            "application/json",
            "Idempotency-Key",
            "\"order 7\"",
            "Warren-Correlation-Id",
            "c1",
            "Warren-Expiration-Millis",
            "60000",
            "Warren-Header-Region",
            "eu");

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(new JsonObject(response.body())).isEqualTo(JsonObject.of("messageId", "order 7"));
    GetResponse message = message("hello");
    assertThat(message.getBody()).asString(UTF_8).isEqualTo("{}");
    BasicProperties properties = message.getProps();
    assertThat(properties.getContentType()).isEqualTo("application/json");
    assertThat(properties.getMessageId()).isEqualTo("order 7");
    assertThat(properties.getCorrelationId()).isEqualTo("c1");
    assertThat(properties.getExpiration()).isEqualTo("60000");
    assertThat(properties.getDeliveryMode()).isEqualTo(2);
    assertThat(properties.getHeaders().get("region")).hasToString("eu");
  }

  @Test
  void anExchangeRoutesByTheRoutingKey() throws Exception {
    serve(ENDPOINT);
    assertThat(post("/exchanges/events/order.new", "routed").statusCode()).isEqualTo(202);
    assertThat(message("hello").getBody()).asString(UTF_8).isEqualTo("routed");
    assertProblem(post("/exchanges/events/invoice.new", "not routed"), 404, "unroutable");
  }

  @Test
  void encodedNamesMayHaveAnyCharacters() throws Exception {
    serve(ENDPOINT);
    assertThat(post("/queues/a%2Fb%20c", "encoded").statusCode()).isEqualTo(202);
    assertThat(message("a/b c").getBody()).asString(UTF_8).isEqualTo("encoded");
  }

  @Test
  void anUndeclaredDestinationIsNotFound() throws Exception {
    serve(ENDPOINT);
    assertProblem(post("/queues/unknown", "x"), 404, "not-found");
    assertProblem(post("/exchanges/unknown/k", "x"), 404, "not-found");
    // Declared in the topology, but not in the broker.
    assertProblem(post("/queues/missing", "x"), 404, "unroutable");
    assertProblem(post("/exchanges/missing/k", "x"), 404, "not-found");
    assertThat(post("/queues/hello", "goes on").statusCode()).isEqualTo(202);
  }

  @Test
  void aWrongRequestGetsAReason() throws Exception {
    serve(ENDPOINT);
    try (Socket client = new Socket("localhost", servers.publishPort())) {
      assertThat(statusOfPost(client, "/queues/hel%zzlo")).isEqualTo(400);
    }
    assertProblem(
        post("/queues/hello", "x", "Warren-Expiration-Millis", "soon"), 400, "bad-request");
    assertProblem(post("/queues/hello", "x", "ce-specversion", "1.0"), 400, "bad-request");
    assertProblem(
        HTTP.send(
            HttpRequest.newBuilder(uri("/queues/hello")).DELETE().build(), BodyHandlers.ofString()),
        405,
        "method-not-allowed");
    assertThat(messagesIn("hello")).isZero();
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWithAndWithoutAContentLength() throws Exception {
    serve(TestEndpoints.publish(5000, 1000, 10));
    byte[] large = new byte[300_000];
    assertProblem(
        HTTP.send(
            HttpRequest.newBuilder(uri("/queues/hello"))
                .POST(BodyPublishers.ofByteArrays(List.of(large)))
                .build(),
            BodyHandlers.ofString()),
        413,
        "too-large");
    assertProblem(post("/queues/hello", "x".repeat(1001)), 413, "too-large");
    assertThat(post("/queues/hello", "x".repeat(1000)).statusCode()).isEqualTo(202);
  }

  @Test
  void aForbiddenDestinationIsRefusedAndOthersAreServed() throws Exception {
    serve(broker.factory(USER, "secret"), ENDPOINT);
    assertProblem(post("/exchanges/events/order.new", "x"), 403, "not-allowed");
    assertThat(post("/queues/hello", "x").statusCode()).isEqualTo(202);
    assertProblem(post("/exchanges/events/order.new", "x"), 403, "not-allowed");
  }

  @Test
  void concurrentRequestsGetTheirOwnResponses() throws Exception {
    serve(ENDPOINT);
    List<String> paths =
        List.of("/queues/hello", "/exchanges/events/no.such.key", "/exchanges/missing/k");
    List<CompletableFuture<Integer>> statuses = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      statuses.add(
          HTTP.sendAsync(request(paths.get(i % 3), "m" + i), BodyHandlers.ofString())
              .thenApply(HttpResponse::statusCode));
      expected.add(i % 3 == 0 ? 202 : 404);
    }
    assertThat(statuses.stream().map(CompletableFuture::join).toList()).isEqualTo(expected);
    await().until(() -> messagesIn("hello") == 100);
  }

  @Test
  void aFullQueueIsReported() throws Exception {
    serve(ENDPOINT);
    HttpResponse<String> response = null;
    // A quorum queue accepts a few more than its limit.
    for (int i = 0; i < 1000 && (response == null || response.statusCode() == 202); i++) {
      response = post("/queues/full", "x");
    }
    assertProblem(response, 503, "not-kept");
  }

  @Test
  void nothingIsPublishedToABrokerWithAnAlarm() throws Exception {
    try (BrokerProxy proxy = new BrokerProxy(vertx, TestBroker.host(), 5672)) {
      serve(through(proxy), ENDPOINT);
      assertThat(post("/queues/hello", "before").statusCode()).isEqualTo(202);

      proxy.block("low on memory");
      await().until(() -> post("/queues/hello", "blocked").statusCode() == 503);
      HttpResponse<String> response = post("/queues/hello", "blocked");
      assertProblem(response, 503, "unavailable");
      assertThat(response.headers().firstValue("Retry-After")).hasValue("2");
      assertThat(response.body()).contains("low on memory");

      proxy.unblock();
      await().until(() -> post("/queues/hello", "after").statusCode() == 202);
    }
  }

  @Test
  void anUnreachableBrokerIsReportedAtOnceAndUsedAgainLater() throws Exception {
    try (BrokerProxy proxy = new BrokerProxy(vertx, TestBroker.host(), 5672)) {
      serve(through(proxy), TestEndpoints.publish(20_000, 1000, 10));
      silenceAfterAMessage(proxy);
      CompletableFuture<HttpResponse<String>> underWay =
          HTTP.sendAsync(request("/queues/hello", "nobody knows"), BodyHandlers.ofString());
      await().until(() -> messagesIn("hello") == 2);
      proxy.cut();
      assertProblem(underWay.join(), 503, "unavailable");
      assertProblem(post("/queues/hello", "while it is away"), 503, "unavailable");
      assertThat(servers.areReady()).isFalse();
    }
  }

  @Test
  void aMissingConfirmIsATimeoutAndTooManyAreAnOverload() throws Exception {
    try (BrokerProxy proxy = new BrokerProxy(vertx, TestBroker.host(), 5672)) {
      serve(through(proxy), TestEndpoints.publish(1000, 1000, 1));
      silenceAfterAMessage(proxy);
      CompletableFuture<HttpResponse<String>> first =
          HTTP.sendAsync(request("/queues/hello", "first"), BodyHandlers.ofString());
      await().until(() -> messagesIn("hello") == 2);
      assertProblem(post("/queues/hello", "second"), 503, "overloaded");
      assertProblem(first.join(), 503, "timeout");
    }
  }

  @Test
  void aMessageOfAClientThatLeavesIsHeldUntilTheBrokerAnswers() throws Exception {
    try (BrokerProxy proxy = new BrokerProxy(vertx, TestBroker.host(), 5672)) {
      serve(through(proxy), TestEndpoints.publish(2000, 1000, 1));
      silenceAfterAMessage(proxy);
      try (Socket client = new Socket("localhost", servers.publishPort())) {
        client
            .getOutputStream()
            .write(
                "POST /queues/hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
                    .getBytes(UTF_8));
        await().until(() -> messagesIn("hello") == 2);
      }
      assertProblem(post("/queues/hello", "second"), 503, "overloaded");
      await().until(() -> !post("/queues/hello", "third").body().contains("overloaded"));
    }
  }

  @Test
  void aBinaryEventBecomesAMessageWithItsAttributesAsHeaders() throws Exception {
    serve(ENDPOINT);
    HttpResponse<String> response =
        post(
            "/queues/hello",
            "<a/>",
            "ce-specversion",
            "1.0",
            "ce-id",
            "e1",
            "ce-source",
            "/shop",
            "ce-type",
            "order.new",
            "ce-region",
            "eu",
            "Content-Type",
            "text/xml");
    assertThat(response.statusCode()).isEqualTo(202);
    GetResponse message = message("hello");
    assertThat(message.getBody()).asString(UTF_8).isEqualTo("<a/>");
    assertThat(message.getProps().getMessageId()).isEqualTo("e1");
    assertThat(message.getProps().getContentType()).isEqualTo("text/xml");
    assertThat(message.getProps().getHeaders())
        .hasSize(5)
        .hasEntrySatisfying("cloudEvents:specversion", v -> assertThat(v).hasToString("1.0"))
        .hasEntrySatisfying("cloudEvents:id", v -> assertThat(v).hasToString("e1"))
        .hasEntrySatisfying("cloudEvents:source", v -> assertThat(v).hasToString("/shop"))
        .hasEntrySatisfying("cloudEvents:type", v -> assertThat(v).hasToString("order.new"))
        .hasEntrySatisfying("cloudEvents:region", v -> assertThat(v).hasToString("eu"));
  }

  @Test
  void eachEventOfABatchIsAMessageAndHasAResult() throws Exception {
    serve(ENDPOINT);
    String events =
        """
        [{"specversion": "1.0", "id": "e1", "source": "/shop", "type": "t"},
         {"specversion": "1.0", "id": "e2", "source": "/shop", "type": "t", "data": {"n": 1}}]
        """;
    String[] batch = {"Content-Type", "application/cloudevents-batch+json"};
    HttpResponse<String> response = post("/queues/hello", events, batch);
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(new JsonObject(response.body()))
        .isEqualTo(
            new JsonObject(
                """
                {"results": [{"messageId": "e1", "status": 202}, {"messageId": "e2", "status": 202}]}
                """));
    assertThat(message("hello").getProps().getMessageId()).isEqualTo("e1");
    assertThat(message("hello").getProps().getContentType())
        .isEqualTo("application/cloudevents+json");

    HttpResponse<String> refused = post("/exchanges/events/no.such.key", events, batch);
    assertProblem(refused, 404, "unroutable");
    assertThat(new JsonObject(refused.body()).getJsonArray("results")).hasSize(2);
  }

  @Test
  void aBatchThatNeverFitsIsTooLarge() throws Exception {
    serve(TestEndpoints.publish(5000, 1000, 2));
    String event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}";
    String[] batch = {"Content-Type", "application/cloudevents-batch+json"};

    assertThat(post("/queues/hello", "[%1$s,%1$s]".formatted(event), batch).statusCode())
        .isEqualTo(202);
    assertProblem(
        post("/queues/hello", "[%1$s,%1$s,%1$s]".formatted(event), batch), 413, "too-large");
  }

  @Test
  void anAddedQueueIsServedAndConnectionsStayOpen() throws Exception {
    serve(ENDPOINT);
    broker.declareQueue("added");
    try (Socket client = new Socket("localhost", servers.publishPort())) {
      client.setSoTimeout(10_000);
      assertThat(statusOfPost(client, "/queues/added")).isEqualTo(404);
      servers.apply(config(ENDPOINT, Set.of("hello", "added")));
      assertThat(statusOfPost(client, "/queues/added")).isEqualTo(202);
    }
  }

  @Test
  void aStopFinishesRequestsAndRefusesNewOnes() throws Exception {
    try (BrokerProxy proxy = new BrokerProxy(vertx, TestBroker.host(), 5672)) {
      serve(through(proxy), TestEndpoints.publish(1000, 1000, 10));
      silenceAfterAMessage(proxy);
      CompletableFuture<HttpResponse<String>> underWay =
          HTTP.sendAsync(request("/queues/hello", "x"), BodyHandlers.ofString());
      await().until(() -> messagesIn("hello") == 2);
      servers.drain(Duration.ofSeconds(10));
      assertThat(underWay)
          .succeedsWithin(Duration.ofSeconds(5))
          .matches(response -> response.statusCode() == 503);
      assertProblem(post("/queues/hello", "y"), 503, "unavailable");
    }
  }

  private void serve(PublishEndpoint endpoint) {
    serve(broker.factory(), endpoint);
  }

  private void serve(ConnectionFactory factory, PublishEndpoint endpoint) {
    servers = new EndpointServers(factory, vertx, new SimpleMeterRegistry());
    servers.apply(config(endpoint, Set.of("hello", "a/b c", "full", "missing")));
    await().until(servers::areReady);
  }

  private static GatewayConfig config(PublishEndpoint endpoint, Set<String> queues) {
    return new GatewayConfig(List.of(), Optional.of(endpoint), queues, Set.of("events", "missing"));
  }

  private static ConnectionFactory through(BrokerProxy proxy) {
    ConnectionFactory factory = broker.factory();
    factory.setHost("localhost");
    factory.setPort(proxy.port());
    return factory;
  }

  /** On a new connection the broker has to answer before anything can be published. */
  private void silenceAfterAMessage(BrokerProxy proxy) throws Exception {
    assertThat(post("/queues/hello", "before").statusCode()).isEqualTo(202);
    proxy.silence();
  }

  private HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    return HTTP.send(request(path, body, headers), BodyHandlers.ofString());
  }

  private HttpRequest request(String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(30))
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  private URI uri(String path) {
    return URI.create("http://localhost:" + servers.publishPort() + path);
  }

  private static void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonObject problem = new JsonObject(response.body());
    assertThat(problem.getString("type")).isEqualTo("urn:warren:problem:" + code);
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.getString("title")).isNotBlank();
    assertThat(problem.getString("detail")).isNotBlank();
  }

  private static GetResponse message(String queue) throws Exception {
    try (Channel channel = broker.channel()) {
      return channel.basicGet(queue, true);
    }
  }

  private static long messagesIn(String queue) throws Exception {
    try (Channel channel = broker.channel()) {
      return channel.messageCount(queue);
    }
  }

  private static int statusOfPost(Socket client, String path) throws IOException {
    client
        .getOutputStream()
        .write(
            ("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
                .getBytes(UTF_8));
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("}")) {
      answer.append((char) client.getInputStream().read());
    }
    return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
  }
}
