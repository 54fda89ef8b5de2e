package dev.warren.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.warren.operator.observation.DispatcherReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DispatcherClientTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private volatile int status = 200;
  private volatile String body = "";
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/delivery",
        exchange -> {
          byte[] answer = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void close() {
    http.close();
    server.stop(0);
  }

  @Test
  void aDispatcherReportsItsFailures() {
    body =
        """
        {"url": "http://hok:8000", "failures": 7, "lastAnswer": "no such host: hok",
         "at": "2026-01-01T12:00:09.5Z", "failingSince": "2026-01-01T12:00:00Z", "later": 1}""";

    assertThat(report().join())
        .isEqualTo(
            new DispatcherReport(
                "http://hok:8000",
                Optional.of("no such host: hok"),
                Optional.of(Instant.parse("2026-01-01T12:00:09.5Z")),
                7,
                Optional.of(Instant.parse("2026-01-01T12:00:00Z")),
                Optional.empty()));
  }

  @Test
  void aDispatcherThatHasAttemptedNothingSaysSo() {
    body = "{\"url\": \"http://shop\", \"failures\": 0}";

    assertThat(report().join())
        .isEqualTo(
            new DispatcherReport(
                "http://shop",
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty()));
  }

  /** Users choose the image: a status must not grow with what it answers. */
  @Test
  void aLongAnswerIsShortened() {
    body =
        "{\"url\": \"http://%s\", \"lastAnswer\": \"%s\"}"
            .formatted("x".repeat(9_000), "y".repeat(9_000));

    assertThat(report().join().url()).hasSizeLessThan(510).endsWith("x...");
    assertThat(report().join().lastAnswer()).hasValueSatisfying(a -> assertThat(a).hasSize(303));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "hello", "null", "{}", "{\"url\": \"http://shop\", \"at\": \"noon\"}"})
  void anotherAnswerIsNone(String other) {
    body = other;
    assertThat(report()).failsWithin(SOON);
  }

  /** Such as an older dispatcher. */
  @Test
  void anotherStatusIsNoAnswer() {
    status = 404;
    assertThat(report()).failsWithin(SOON);
  }

  private CompletableFuture<DispatcherReport> report() {
    return new DispatcherClient(http)
        .report(URI.create("http://localhost:%d".formatted(server.getAddress().getPort())));
  }
}
