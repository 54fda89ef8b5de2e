package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.Flood;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.FreeMemory;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One client does its worst; another one gets its answers, and all memory is free afterwards. */
class PublishFloodTest {

  private static final int MEMORY = 1 << 20;
  private static final PublishEndpoint ENDPOINT =
      new PublishEndpoint(0, 5000, 10_000, 10, 100, 75, 60_000, false, List.of(), Optional.empty());
  private static final String POST =
      "POST /queues/in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";

  private final Vertx vertx = Vertx.vertx();
  private final Publisher publisher = new Publisher(new NoBroker(), "test");
  private final Clients clients = new Clients(2 << 20, MEMORY);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private PublishServer server;

  /** What a client can do with its connections. */
  enum Shape {
    SILENCE("", ""),
    UNFINISHED_HEADS("POST /queues/in HTTP/1.1\r\nHost: g\r\nX: " + "a".repeat(7900), ""),
    SLOW_HEADS("POST /queues/in HTTP/1.1\r\n", "a: b\r\n"),
    HEADS_OF_MANY_LINES("POST /queues/in HTTP/1.1\r\n" + "a:\r\n".repeat(1500), ""),
    SLOW_BODIES("POST /queues/in HTTP/1.1\r\nContent-Length: 9999\r\n\r\n", "a"),
    MANY_SMALL_CHUNKS(
        "POST /queues/in HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n".repeat(600)),
    PIPELINED_MESSAGES("", "POST /queues/in HTTP/1.1\r\nContent-Length: 1\r\n\r\nx".repeat(50)),
    PIPELINING("", "GET /openapi.json HTTP/1.1\r\n\r\n".repeat(100)),
    CHUNK_EXTENSIONS(
        "POST /queues/in HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "1;" + "a".repeat(3000) + "\r\nx\r\n"),
    ENDLESS_EXTENSIONS(
        "POST /queues/in HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;", "a".repeat(1000)),
    TRAILERS(
        "POST /queues/in HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        "a:\r\n".repeat(100)),
    ANOTHER_PROTOCOL("\u0016\u0003\u0001\u0002\u0000\u0001", "\u0000\u0001");

    private final String once;
    private final String again;

    Shape(String once, String again) {
      this.once = once;
      this.again = again;
    }
  }

  @BeforeEach
  void listen() {
    server =
        new PublishServer(
            vertx,
            ENDPOINT,
            new GatewayConfig(List.of(), Optional.of(ENDPOINT), Set.of("in"), Set.of()),
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

  @ParameterizedTest
  @EnumSource
  void anotherClientGetsItsAnswers(Shape shape) throws Exception {
    try (Socket kept = new Socket("127.0.0.1", server.port());
        Flood flood = new Flood(server.port(), 200)) {
      kept.setSoTimeout(10_000);
      flood.during(
          shape.once,
          shape.again,
          () -> {
            // There is no broker, which is an answer too.
            assertThat(Flood.answer(server.port(), POST)).startsWith("HTTP/1.1 503 ");
            assertThat(Flood.answer(kept, POST)).startsWith("HTTP/1.1 503 ");
            readToTheEnd(kept);
          });
    }
    await().atMost(Duration.ofSeconds(10)).until(this::allIsFree);
  }

  @Test
  void aFloodOfConnectionsThatEndAtOnceIsNotNoticed() throws Exception {
    try (Flood flood = new Flood(server.port(), 50)) {
      flood.during(
          "GET /\r\n\r\n",
          "\r\n",
          () -> assertThat(Flood.answer(server.port(), POST)).startsWith("HTTP/1.1 503 "));
    }
    await().atMost(Duration.ofSeconds(10)).until(this::allIsFree);
  }

  /** The answer's body is a JSON object without another one in it. */
  private static void readToTheEnd(Socket client) throws IOException {
    int next = client.getInputStream().read();
    while (next != '}') {
      assertThat(next).isNotNegative();
      next = client.getInputStream().read();
    }
  }

  private boolean allIsFree() {
    return FreeMemory.has(clients, "127.0.0.2", MEMORY / 4 * 3);
  }

  private static final class NoBroker extends ConnectionFactory {

    @Override
    public Connection newConnection(ExecutorService callbacks, String name) throws IOException {
      throw new IOException("there is no broker");
    }
  }
}
