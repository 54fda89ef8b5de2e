package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import dev.warren.gateway.limits.MemoryBudget;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublishServerTest {

  private static final PublishEndpoint ENDPOINT = new PublishEndpoint(0, 5000, 1000, 10);

  private final Vertx vertx = Vertx.vertx();
  private final Publisher publisher = new Publisher(new NoBroker(), "test");
  private PublishServer server;

  @BeforeEach
  void listen() {
    server =
        new PublishServer(
            vertx,
            ENDPOINT,
            new GatewayConfig(List.of(), Optional.of(ENDPOINT), Set.of(), Set.of()),
            publisher,
            new MemoryBudget(1000),
            new SimpleMeterRegistry());
    server.listen().toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void close() {
    publisher.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void eachConnectionHasOneRequestAtATime() throws Exception {
    URI document = URI.create("http://localhost:" + server.port() + "/openapi.json");
    try (HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build()) {
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(document).build(), BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(Version.HTTP_1_1);
    }
  }

  private static final class NoBroker extends ConnectionFactory {

    @Override
    public Connection newConnection(ExecutorService callbacks, String name) throws IOException {
      throw new IOException("there is no broker");
    }
  }
}
