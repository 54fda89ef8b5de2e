package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalHandlerTest {

  private final HttpClient client = HttpClient.newBuilder().version(Version.HTTP_1_1).build();
  private final CompletableFuture<Set<String>> asked = new CompletableFuture<>();
  private final CompletableFuture<String> first = new CompletableFuture<>();
  private final Vertx vertx = Vertx.vertx();
  private HttpServer server;

  @BeforeEach
  void listen() {
    Router router = Router.router(vertx);
    new ArrivalHandler(
            queues -> {
              asked.complete(queues);
              return first;
            })
        .addTo(router);
    server = vertx.createHttpServer().requestHandler(router);
    server.listen(0).toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void close() {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void theResponseComesWithTheMessage() {
    CompletableFuture<HttpResponse<String>> answer = ask("[\"a/b\",\"c\"]");
    assertThat(asked.join()).containsExactlyInAnyOrder("a/b", "c");
    assertThat(answer).isNotDone();

    first.complete("a/b");

    assertThat(answer.join().statusCode()).isEqualTo(200);
    assertThat(answer.join().body()).isEqualTo("{\"queue\":\"a/b\"}");
  }

  @Test
  void aFailedWaitIsServiceUnavailable() {
    first.completeExceptionally(new IllegalStateException("no broker"));
    assertThat(ask("[\"a\"]").join().statusCode()).isEqualTo(503);
  }

  @Test
  void aClientThatLeavesIsForgotten() {
    CompletableFuture<HttpResponse<String>> answer = ask("[\"a\"]");
    asked.join();

    answer.cancel(true);

    await().until(first::isCancelled);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "{}", "[1]"})
  void aRequestWithoutQueuesIsRefused(String question) {
    assertThat(ask(question).join().statusCode()).isEqualTo(400);
    assertThat(asked).isNotDone();
  }

  private CompletableFuture<HttpResponse<String>> ask(String question) {
    URI uri = URI.create("http://localhost:%d/arrivals".formatted(server.actualPort()));
    return client.sendAsync(
        HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(question)).build(),
        BodyHandlers.ofString());
  }
}
