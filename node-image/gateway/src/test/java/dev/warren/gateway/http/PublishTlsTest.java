package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.FreeMemory;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import dev.warren.gateway.config.TlsFiles;
import dev.warren.gateway.tls.DoorTls;
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
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishing over HTTPS, with HTTP/1.1 and HTTP/2. */
class PublishTlsTest {

  private static final int MEMORY = 1 << 20;
  private static final TestAuthority ROOT = TestAuthority.root("root");
  private static final TestAuthority OTHER = TestAuthority.root("other");

  @TempDir Path folder;

  private final Vertx vertx = AcceptedConnections.library(new VertxOptions());
  private final Publisher publisher = new Publisher(new NoBroker(), "test");
  private final Clients clients = new Clients(10 << 20, MEMORY);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TestSecret secret;
  private PublishServer server;
  private PublishEndpoint endpoint;
  private GatewayConfig config;

  @BeforeEach
  void listen() {
    secret = new TestSecret(folder);
    present(ROOT.leaf("localhost"));
    listen(false);
  }

  private void listen(boolean isProxied) {
    endpoint =
        new PublishEndpoint(
            0,
            5000,
            10_000,
            10,
            100,
            75,
            60_000,
            isProxied,
            List.of(),
            Optional.of(new TlsFiles(folder.resolve("door.crt"), folder.resolve("door.key"))));
    config = new GatewayConfig(List.of(), Optional.of(endpoint), Set.of("in"), Set.of());
    server = new PublishServer(vertx, endpoint, config, publisher, clients, meters);
    server.listen().toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void close() {
    publisher.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void present(Leaf leaf) {
    secret.write(Map.of("door.crt", leaf.chain(), "door.key", leaf.key()));
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void bothVersionsOfHttpHaveTheSameAnswers(Version version) throws Exception {
    try (HttpClient client = client(version)) {
      HttpResponse<String> document = client.send(get("/openapi.json"), BodyHandlers.ofString());
      assertThat(document.statusCode()).isEqualTo(200);
      assertThat(document.version()).isEqualTo(version);
      assertThat(document.body()).contains("openapi");

      assertProblem(client.send(post("/queues/in", "x"), BodyHandlers.ofString()), 503, "unavail");
      assertProblem(
          client.send(post("/queues/no", "x"), BodyHandlers.ofString()), 404, "not-found");
      assertProblem(client.send(get("/queues/in"), BodyHandlers.ofString()), 405, "method-not");
      assertProblem(
          client.send(post("/queues/in", "x".repeat(20_000)), BodyHandlers.ofString()),
          413,
          "too-large");
      HttpRequest large =
          HttpRequest.newBuilder(uri("/queues/in"))
              .header("a", "b".repeat(version == Version.HTTP_2 ? 9_000 : 4_000))
              .header("b", "b".repeat(version == Version.HTTP_2 ? 1_000 : 5_000))
              .POST(BodyPublishers.ofString("x"))
              .build();
      assertProblem(client.send(large, BodyHandlers.ofString()), 431, "headers-too-large");
      assertProblem(
          client.send(post("/queues/" + "a".repeat(4_100), "x"), BodyHandlers.ofString()),
          414,
          "uri-too-long");
    }
    await().atMost(Duration.ofSeconds(10)).until(this::allIsFree);
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 384", "Ed25519, 0"})
  void everyKindOfKeyWorks(String algorithm, int bits) throws Exception {
    present(ROOT.leaf(TestAuthority.keys(algorithm, bits), "localhost"));
    server.change(endpoint, config);

    for (String version : List.of("TLSv1.3", "TLSv1.2")) {
      try (SSLSocket socket = socket("h2", version)) {
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1", "TLSv1.1"})
  void oldVersionsOfTlsAreRefused(String version) throws Exception {
    try (Socket socket = new Socket("localhost", server.port())) {
      socket.setSoTimeout(5000);
      // The JDK itself no longer speaks them.
      socket.getOutputStream().write(Http2Bytes.clientHello(version.equals("TLSv1") ? 1 : 2));
      byte[] answer = socket.getInputStream().readAllBytes();
      assertThat(answer[0]).as("an alert").isEqualTo((byte) 21);
    }
  }

  @Test
  void aPlainClientIsClosed() throws Exception {
    try (Socket socket = new Socket("localhost", server.port())) {
      socket.setSoTimeout(5000);
      socket.getOutputStream().write("GET /openapi.json HTTP/1.1\r\n\r\n".getBytes(US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .doesNotContain("HTTP");
    }
    await().untilAsserted(() -> assertThat(refused("handshake")).isEqualTo(1));
  }

  @Test
  void aClientThatIsNotToldOfTheAuthorityRefuses() throws Exception {
    try (Socket plain = new Socket("localhost", server.port());
        SSLSocket socket =
            (SSLSocket)
                OTHER.trusting().getSocketFactory().createSocket(plain, "localhost", 0, true)) {
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
    }
    await().until(this::allIsFree);
  }

  /** It has a place before its handshake, and makes room for others. */
  @Test
  void connectionsCountBeforeTheirHandshake() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 75; i++) {
        silent.add(new Socket("127.0.0.1", server.port()));
      }
      Thread.sleep(200);
      try (HttpClient client = client(Version.HTTP_2)) {
        assertProblem(
            client.send(post("/queues/in", "x"), BodyHandlers.ofString()), 503, "unavail");
      }
      assertThat(refused("displaced")).isPositive();
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void aHandshakeHasATime() throws Exception {
    byte[] hello = Http2Bytes.clientHello(3);
    try (Socket socket = new Socket("localhost", server.port())) {
      socket.setSoTimeout((int) DoorTls.HANDSHAKE_TIME.plusSeconds(5).toMillis());
      socket.getOutputStream().write(hello, 0, 20);
      long begin = System.nanoTime();

      assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(100);
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(DoorTls.HANDSHAKE_TIME.minusSeconds(2), DoorTls.HANDSHAKE_TIME.plusSeconds(4));
    }
  }

  @Test
  void theHeaderOfTheProxyComesBeforeTls() throws Exception {
    server.close().toCompletionStage().toCompletableFuture().join();
    listen(true);
    try (Socket plain = new Socket("localhost", server.port())) {
      plain
          .getOutputStream()
          .write("PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n".getBytes(US_ASCII));
      try (SSLSocket socket =
          (SSLSocket)
              ROOT.trusting().getSocketFactory().createSocket(plain, "localhost", 0, true)) {
        socket.setSoTimeout(5000);
        socket
            .getOutputStream()
            .write("GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
        byte[] begin = socket.getInputStream().readNBytes(12);
        assertThat(new String(begin, US_ASCII)).isEqualTo("HTTP/1.1 200");
      }
    }
    try (SSLSocket socket = socket("h2", "TLSv1.3")) {
      assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
    }
  }

  /** All connections go on, and new ones get the new certificate. */
  @Test
  void aRenewalInPlaceEndsNoConnection() throws Exception {
    AtomicInteger answered = new AtomicInteger();
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    List<Thread> senders = new ArrayList<>();
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    try (SSLSocket kept = socket("http/1.1", "TLSv1.3");
        HttpClient http1 = client(Version.HTTP_1_1);
        HttpClient http2 = client(Version.HTTP_2)) {
      kept.setSoTimeout(10_000);
      for (HttpClient client : List.of(http1, http2, http1, http2)) {
        senders.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        while (System.nanoTime() < end) {
                          HttpResponse<String> answer =
                              client.send(post("/queues/in", "x"), BodyHandlers.ofString());
                          assertThat(answer.statusCode()).isEqualTo(503);
                          answered.incrementAndGet();
                        }
                      } catch (Throwable e) {
                        failures.add(e);
                      }
                    }));
      }
      do {
        Leaf next = ROOT.leaf("localhost");
        present(next);
        server.change(endpoint, config);
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
          assertThat(presented(version).getSerialNumber()).isEqualTo(next.serial());
        }
        kept.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
        assertThat(readTo(kept, '}')).startsWith("HTTP/1.1 405");
        Thread.sleep(100);
      } while (System.nanoTime() < end);
      for (Thread sender : senders) {
        sender.join();
      }
    }
    assertThat(failures).isEmpty();
    assertThat(answered).hasValueGreaterThan(100);
  }

  @Test
  void filesThatCannotBeUsedKeepTheLastCertificate() throws Exception {
    Leaf good = ROOT.leaf("localhost");
    present(good);
    server.change(endpoint, config);
    assertThat(meters.get("warren.gateway.certificate.usable").gauge().value()).isOne();
    assertThat(meters.get("warren.gateway.certificate.end.seconds").gauge().value())
        .isEqualTo(good.certificate().getNotAfter().toInstant().getEpochSecond());

    secret.write(
        Map.of("door.crt", ROOT.leaf("localhost").chain(), "door.key", ROOT.leaf("b").key()));
    server.change(endpoint, config);
    assertThat(presented("TLSv1.3").getSerialNumber()).isEqualTo(good.serial());
    assertThat(meters.get("warren.gateway.certificate.usable").gauge().value()).isZero();
    secret.write("other", new byte[0]);
    server.change(endpoint, config);
    assertThat(presented("TLSv1.3").getSerialNumber()).isEqualTo(good.serial());
  }

  private HttpClient client(Version version) {
    return HttpClient.newBuilder().version(version).sslContext(ROOT.trusting()).build();
  }

  private HttpRequest get(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20)).build();
  }

  private HttpRequest post(String path, String body) {
    return HttpRequest.newBuilder(uri(path))
        .timeout(Duration.ofSeconds(20))
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private URI uri(String path) {
    return URI.create("https://localhost:" + server.port() + path);
  }

  private SSLSocket socket(String protocol, String version) throws IOException {
    SSLSocket socket = (SSLSocket) ROOT.trusting().getSocketFactory().createSocket();
    socket.setEnabledProtocols(new String[] {version});
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    socket.connect(new InetSocketAddress("localhost", server.port()));
    return socket;
  }

  private X509Certificate presented(String version) throws IOException {
    try (SSLSocket socket = socket("h2", version)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static String readTo(Socket socket, char last) throws IOException {
    StringBuilder text = new StringBuilder();
    int next = -1;
    while (next != last) {
      next = socket.getInputStream().read();
      assertThat(next).as(text.toString()).isNotNegative();
      text.append((char) next);
    }
    return text.toString();
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String type) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("urn:warren:problem:" + type);
  }

  private double refused(String reason) {
    var counter =
        meters
            .find("warren.gateway.refused")
            .tag("endpoint", "publish")
            .tag("reason", reason)
            .counter();
    return counter == null ? 0 : counter.count();
  }

  private boolean allIsFree() {
    return FreeMemory.has(clients, "127.0.0.1", MEMORY / 4 * 3);
  }

  private static final class NoBroker extends ConnectionFactory {

    @Override
    public Connection newConnection(ExecutorService callbacks, String name) throws IOException {
      throw new IOException("there is no broker");
    }
  }
}
