package dev.warren.gateway.http;

import static dev.warren.gateway.http.Http2Bytes.CONTINUATION;
import static dev.warren.gateway.http.Http2Bytes.DATA;
import static dev.warren.gateway.http.Http2Bytes.END_HEADERS;
import static dev.warren.gateway.http.Http2Bytes.END_STREAM;
import static dev.warren.gateway.http.Http2Bytes.HEADERS;
import static dev.warren.gateway.http.Http2Bytes.PING;
import static dev.warren.gateway.http.Http2Bytes.RESET;
import static dev.warren.gateway.http.Http2Bytes.SETTINGS;
import static dev.warren.gateway.http.Http2Bytes.WINDOW_UPDATE;
import static dev.warren.gateway.http.Http2Bytes.begin;
import static dev.warren.gateway.http.Http2Bytes.frame;
import static dev.warren.gateway.http.Http2Bytes.get;
import static dev.warren.gateway.http.Http2Bytes.joined;
import static dev.warren.gateway.http.Http2Bytes.literal;
import static dev.warren.gateway.http.Http2Bytes.newest;
import static dev.warren.gateway.http.Http2Bytes.number;
import static dev.warren.gateway.http.Http2Bytes.post;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.FreeMemory;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import dev.warren.gateway.config.TlsFiles;
import dev.warren.gateway.tls.TestAuthority;
import dev.warren.gateway.tls.TestAuthority.Leaf;
import dev.warren.gateway.tls.TestSecret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One client does its worst with HTTP/2 and with handshakes; another one gets its answers. */
class Http2FloodTest {

  private static final int MEMORY = 1 << 20;
  private static final int FLOODING = 6;
  private static final Duration LENGTH = Duration.ofSeconds(2);

  /** The flood lasts until the other client has so many answers, however slow the machine is. */
  private static final int FEW = 4;

  private static final TestAuthority ROOT = TestAuthority.root("root");

  @TempDir Path folder;

  private final Vertx vertx = AcceptedConnections.library(new VertxOptions());
  private final Publisher publisher = new Publisher(new NoBroker(), "test");
  private final Clients clients = new Clients(10 << 20, MEMORY);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private PublishServer server;
  private final Set<Socket> flooding = ConcurrentHashMap.newKeySet();
  private volatile boolean over;

  /** What a client can do with its connections. It reads nothing. */
  enum Shape {
    HANDSHAKES_ONLY,
    PINGS,
    SETTINGS_AGAIN,
    RAPID_RESETS,
    ENDLESS_HEADS,
    EMPTY_CONTINUATIONS,
    HEADERS_THAT_EXPAND,
    UNFINISHED_BODIES,
    EMPTY_DATA,
    MANY_REQUESTS,
    ANSWERS_WITHOUT_A_WINDOW,
    NO_HTTP2;

    byte[] begins() {
      return switch (this) {
        case NO_HTTP2 -> "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII);
        case ENDLESS_HEADS, EMPTY_CONTINUATIONS -> joined(begin(), frame(HEADERS, 0, 1, post()));
        case EMPTY_DATA -> joined(begin(), frame(HEADERS, END_HEADERS, 1, post()));
        // SETTINGS_INITIAL_WINDOW_SIZE
        case ANSWERS_WITHOUT_A_WINDOW -> begin(4, 0);
        default -> begin();
      };
    }

    byte[] next(int stream) {
      int whole = END_HEADERS | END_STREAM;
      return switch (this) {
        case HANDSHAKES_ONLY -> null;
        case PINGS -> frame(PING, 0, 0, new byte[8]);
        case SETTINGS_AGAIN -> frame(SETTINGS, 0, 0, new byte[0]);
        case RAPID_RESETS ->
            joined(frame(HEADERS, whole, stream, post()), frame(RESET, 0, stream, number(8)));
        case ENDLESS_HEADS -> frame(CONTINUATION, 0, 1, literal(false, "a", "b".repeat(500)));
        case EMPTY_CONTINUATIONS -> frame(CONTINUATION, 0, 1, new byte[0]);
        case HEADERS_THAT_EXPAND ->
            frame(
                HEADERS,
                whole,
                stream,
                joined(post(), literal(true, "a", "b".repeat(900)), newest(5000)));
        case UNFINISHED_BODIES ->
            joined(
                frame(HEADERS, END_HEADERS, stream, post()), frame(DATA, 0, stream, new byte[500]));
        case EMPTY_DATA -> frame(DATA, 0, 1, new byte[0]);
        case MANY_REQUESTS ->
            joined(
                frame(HEADERS, END_HEADERS, stream, post()),
                frame(DATA, END_STREAM, stream, new byte[10]));
        case ANSWERS_WITHOUT_A_WINDOW ->
            joined(
                frame(HEADERS, whole, stream, get("/openapi.json")),
                frame(WINDOW_UPDATE, 0, 0, number(1)));
        case NO_HTTP2 -> new byte[100];
      };
    }
  }

  @BeforeEach
  void listen() {
    Leaf leaf = ROOT.leaf("localhost", "127.0.0.1");
    new TestSecret(folder).write(Map.of("door.crt", leaf.chain(), "door.key", leaf.key()));
    PublishEndpoint endpoint =
        new PublishEndpoint(
            0,
            5000,
            10_000,
            10,
            100,
            75,
            60_000,
            false,
            List.of(),
            Optional.of(new TlsFiles(folder.resolve("door.crt"), folder.resolve("door.key"))));
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

  @ParameterizedTest
  @EnumSource
  void anotherClientGetsItsAnswers(Shape shape) throws Exception {
    List<Thread> flood = new ArrayList<>();
    for (int i = 0; i < FLOODING; i++) {
      flood.add(Thread.ofPlatform().start(() -> flood(shape)));
    }
    try (HttpClient client = HttpClient.newBuilder().sslContext(ROOT.trusting()).build()) {
      long end = System.nanoTime() + LENGTH.toNanos();
      for (int answers = 0; answers < FEW || System.nanoTime() < end; answers++) {
        HttpResponse<String> answer = client.send(request(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("there is no broker").isEqualTo(503);
      }
    } finally {
      over = true;
      // A write may wait until somebody reads.
      for (Socket each : flooding) {
        each.close();
      }
    }
    for (Thread each : flood) {
      each.join(10_000);
      assertThat(each.isAlive()).isFalse();
    }
    // What was sent before is still read, and this process has had the flood's work to do as well.
    await().atMost(Duration.ofSeconds(60)).until(this::allIsFree);
  }

  private HttpRequest request() {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/queues/in"))
        .timeout(Duration.ofSeconds(10))
        .POST(BodyPublishers.ofString("x"))
        .build();
  }

  /** At an address of its own. Begins again whenever the connection is ended. */
  private void flood(Shape shape) {
    while (!over) {
      try (Socket plain = plain();
          SSLSocket socket = over(plain)) {
        if (over) {
          return; // It may not be known to whoever closes all.
        }
        socket.startHandshake();
        socket.getOutputStream().write(shape.begins());
        for (int stream = 3; ; stream += 2) {
          byte[] next = shape.next(stream);
          if (next == null) {
            break;
          }
          socket.getOutputStream().write(next);
        }
      } catch (IOException e) {
        // The gateway has ended it, or the time is over.
      }
    }
  }

  private Socket plain() throws IOException {
    Socket plain = new Socket();
    flooding.add(plain);
    plain.bind(new InetSocketAddress("127.0.0.2", 0));
    plain.connect(new InetSocketAddress("127.0.0.1", server.port()));
    return plain;
  }

  private static SSLSocket over(Socket plain) throws IOException {
    SSLSocket socket =
        (SSLSocket) ROOT.trusting().getSocketFactory().createSocket(plain, "127.0.0.1", 0, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    return socket;
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
