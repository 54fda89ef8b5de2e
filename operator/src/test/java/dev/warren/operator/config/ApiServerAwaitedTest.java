package dev.warren.operator.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.quarkus.runtime.StartupEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerAwaitedTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void theOperatorStartsWhenTheApiServerAnswers() throws Exception {
    int port = freePort();
    CompletableFuture<Void> started = start(port);
    await("it waits")
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(5))
        .until(() -> !started.isDone());

    HttpServer server = apiServer(port, 200);
    assertThat(started).succeedsWithin(SOON);
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource({"401", "403", "500"})
  void aRefusalIsAnAnswer(int status) throws Exception {
    int port = freePort();
    HttpServer server = apiServer(port, status);

    assertThat(start(port)).succeedsWithin(SOON);
    server.stop(0);
  }

  private static CompletableFuture<Void> start(int port) {
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.empty())
                    .withMasterUrl("http://localhost:" + port)
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    return CompletableFuture.runAsync(
        () -> {
          try {
            new ApiServerAwaited(client).await(new StartupEvent());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static HttpServer apiServer(int port, int status) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", port), 0);
    server.createContext(
        "/version",
        exchange -> {
          byte[] body = "{\"major\": \"1\", \"minor\": \"34\"}".getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
