package dev.warren.gateway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/**
 * The cost of the gateway compared with direct clients, with more and more clients: {@code make
 * bench-gateway} gives it a queue node with the queues that it needs.
 */
public final class GatewayBenchmark {

  private static final List<Integer> CLIENTS = List.of(1, 10, 100, 1000);
  private static final Duration WARM_UP = Duration.ofSeconds(4);
  private static final Duration MEASURED = Duration.ofSeconds(6);
  private static final String TEXT = "x".repeat(100);
  private static final byte[] BODY = TEXT.getBytes(UTF_8);
  private static final int BATCH = 100;
  private static final int MAX_IN_FLIGHT = 1000;
  private static final String PUBLISHED = "published";
  private static final String REQUESTS = "requests";

  private static final String HOST = required("BENCH_HOST");
  private static final MeasuredProcess GATEWAY =
      new MeasuredProcess(Long.parseLong(required("BENCH_GATEWAY_PID")));
  private static final MeasuredProcess BROKER =
      new MeasuredProcess(Long.parseLong(required("BENCH_BROKER_PID")));
  private static final MeasuredProcess CLIENTS_PROCESS =
      new MeasuredProcess(ProcessHandle.current().pid());

  private final Vertx vertx = Vertx.vertx();
  private final ConnectionFactory factory = new ConnectionFactory();

  private GatewayBenchmark() {
    factory.setHost(HOST);
    factory.setVirtualHost(required("BENCH_VHOST"));
    factory.setUsername(required("BENCH_USER"));
    factory.setPassword(required("BENCH_PASSWORD"));
  }

  public static void main(String[] arguments) throws Exception {
    new GatewayBenchmark().run();
  }

  private void run() throws Exception {
    System.out.printf("gateway at rest: %d MiB resident%n%n", GATEWAY.residentMebibytes());
    System.out.println("Processor time is in µs a message; memory is the gateway's, in MiB.");
    System.out.println(
        "| way | clients | messages/s | p50 ms | p99 ms | gateway | broker | clients | memory |");
    System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (int clients : CLIENTS) {
      measure("HTTP publishing, gateway", clients, publishing());
      // More batches at a time would be more messages than an endpoint takes by default.
      if (clients * BATCH <= MAX_IN_FLIGHT) {
        measure("HTTP publishing, gateway, batches of " + BATCH, clients, batches());
      }
      measure("HTTP publishing, management API", clients, management());
      measure("AMQP publishing, Java client", clients, new ConfirmedWay(factory, PUBLISHED, BODY));
    }
    Responder responder = new Responder(factory, REQUESTS);
    for (int clients : CLIENTS) {
      measure("TCP request/reply, gateway", clients, new LineWay(vertx, HOST, 10000, TEXT));
      measure(
          "AMQP request/reply, Java client", clients, new RequestReplyWay(factory, REQUESTS, BODY));
      measure("TCP echo, no broker", clients, new LineWay(vertx, "localhost", echo(), TEXT));
    }
    responder.close();
    new DeliveryBenchmark(vertx, factory, required("BENCH_RECEIVER")).run();
    await(vertx.close());
  }

  private void measure(String name, int clients, Way way) throws Exception {
    try (way) {
      await(way.open(clients));
      List<Double> before = processorSeconds();
      ClosedLoop.Result result = ClosedLoop.run(way, clients, WARM_UP, MEASURED);
      List<Double> after = processorSeconds();
      double perSecond = result.perSecond() * way.messages();
      // The warm-up's messages are not counted, but were about as many a second.
      double messages = perSecond * WARM_UP.plus(MEASURED).toSeconds();
      IntToDoubleFunction micros = i -> (after.get(i) - before.get(i)) * 1e6 / messages;
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %.0f | %.2f | %.2f | %.0f | %.0f | %.0f | %d |%n",
          name,
          clients,
          perSecond,
          result.p50Millis(),
          result.p99Millis(),
          micros.applyAsDouble(0),
          micros.applyAsDouble(1),
          micros.applyAsDouble(2),
          GATEWAY.residentMebibytes());
    }
    purge();
  }

  /** Of the gateway, the broker and the clients. */
  private static List<Double> processorSeconds() {
    return Stream.of(GATEWAY, BROKER, CLIENTS_PROCESS)
        .map(MeasuredProcess::processorSeconds)
        .toList();
  }

  private Way publishing() {
    return new HttpWay(
        vertx,
        "http://%s:8080/queues/%s".formatted(HOST, PUBLISHED),
        Map.of("Content-Type", "text/plain"),
        Buffer.buffer(BODY),
        202,
        1);
  }

  private Way batches() {
    JsonArray events = new JsonArray();
    for (int i = 0; i < BATCH; i++) {
      events.add(
          JsonObject.of(
              "specversion", "1.0", "id", "e" + i, "source", "/bench", "type", "x", "data", TEXT));
    }
    return new HttpWay(
        vertx,
        "http://%s:8080/queues/%s".formatted(HOST, PUBLISHED),
        Map.of("Content-Type", "application/cloudevents-batch+json"),
        events.toBuffer(),
        202,
        BATCH);
  }

  private Way management() {
    String credentials = required("BENCH_ADMIN_USER") + ":" + required("BENCH_ADMIN_PASSWORD");
    JsonObject message =
        JsonObject.of(
            "properties",
            JsonObject.of("delivery_mode", 2),
            "routing_key",
            PUBLISHED,
            "payload",
            TEXT,
            "payload_encoding",
            "string");
    String vhost = factory.getVirtualHost().replace("/", "%2F");
    return new HttpWay(
        vertx,
        "https://%s:15671/api/exchanges/%s/amq.default/publish".formatted(HOST, vhost),
        Map.of(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8))),
        message.toBuffer(),
        200,
        1);
  }

  private int echo() throws Exception {
    NetServer server = vertx.createNetServer();
    server.connectHandler(socket -> socket.handler(socket::write));
    return await(server.listen(0)).actualPort();
  }

  private void purge() throws IOException, TimeoutException {
    try (Connection connection = factory.newConnection("bench-purge");
        Channel channel = connection.createChannel()) {
      channel.queuePurge(PUBLISHED);
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, SECONDS);
  }

  private static String required(String variable) {
    return Objects.requireNonNull(
        System.getenv(variable), variable + " is not set: run this by `make bench-gateway`");
  }
}
