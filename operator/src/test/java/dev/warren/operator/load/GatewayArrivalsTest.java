package dev.warren.operator.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatewayArrivalsTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final CompletableFuture<String> asked = new CompletableFuture<>();
  private volatile int status = 200;
  private volatile String body = "";
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/arrivals",
        exchange -> {
          asked.complete(
              exchange.getRequestMethod()
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
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
  void theGatewayIsAskedAboutQueuesAndNamesTheOneThatGotAMessage() {
    body = "{\"queue\":\"a \\\"b\\\"\"}";
    assertThat(next("a \"b\"").join()).contains("a \"b\"");
    assertThat(asked.join()).isEqualTo("POST [\"a \\\"b\\\"\"]");
  }

  @Test
  void noMessageIsAnAnswer() {
    status = 204;
    assertThat(next("a").join()).isEmpty();
  }

  @Test
  void anInvalidAnswerFails() {
    status = 503;
    assertThat(next("a")).failsWithin(SOON);
    status = 200;
    body = "hello";
    assertThat(next("a")).failsWithin(SOON);
  }

  @Test
  void anAnswerThatIsTooLongFails() {
    body = " ".repeat((8 << 20) + 1);
    assertThat(next("a")).failsWithin(SOON).withThrowableThat().withMessageContaining("8 MiB");
  }

  private CompletableFuture<Optional<String>> next(String queue) {
    URI gateway = URI.create("http://localhost:%d".formatted(server.getAddress().getPort()));
    return new GatewayArrivals(http).next(gateway, Set.of(queue));
  }
}
