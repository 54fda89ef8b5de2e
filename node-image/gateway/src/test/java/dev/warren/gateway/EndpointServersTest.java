package dev.warren.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.config.Framing;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.RequestReplyEndpoint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stop while clients still come. The broker is away. */
@Timeout(60)
class EndpointServersTest {

  private static final Duration QUIET = Duration.ofMillis(500);
  private static final RequestReplyEndpoint ENDPOINT =
      TestEndpoints.requestReply("echo", 0, "q", Framing.LINE, 1000, 100, 1000, 10, 60_000);

  private final Vertx vertx = Vertx.vertx();
  private EndpointServers servers;
  private int port;

  @BeforeEach
  void listen() {
    ConnectionFactory nobody = new ConnectionFactory();
    nobody.setHost("localhost");
    nobody.setPort(1);
    servers = new EndpointServers(nobody, vertx, new SimpleMeterRegistry());
    servers.apply(
        new GatewayConfig(
            List.of(ENDPOINT),
            Optional.of(TestEndpoints.publish(1000, 100, 10)),
            Set.of(),
            Set.of()));
    port = servers.portOf(ENDPOINT);
  }

  @AfterEach
  void close() {
    servers.close();
    vertx.close();
  }

  @Test
  void clientsAreAcceptedUntilNoneHasComeForAWhile() throws Exception {
    CompletableFuture<Instant> stopping = stopping(Duration.ofSeconds(30));
    Instant last = Instant.EPOCH;
    for (int i = 0; i < 10; i++) {
      connect();
      last = Instant.now();
      Thread.sleep(100);
    }

    assertThat(stopping.join()).isAfterOrEqualTo(last.plus(QUIET).minusMillis(100));
  }

  @Test
  void withoutClientsAStopWaitsForTheFirstOneThatMayStillCome() {
    Instant start = Instant.now();

    assertThat(stopping(Duration.ofSeconds(30)).join()).isAfterOrEqualTo(start.plus(QUIET));
  }

  /** They would be cut off later. */
  @Test
  void httpClientsAreToldToUseAnotherConnection() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(connectionHeader(client)).isEmpty();
      CompletableFuture<Instant> stopping = stopping(Duration.ofSeconds(30));
      await().until(() -> connectionHeader(client).equals(Optional.of("close")));
      assertThat(stopping.join()).isNotNull();
    }
  }

  private Optional<String> connectionHeader(HttpClient client) throws Exception {
    URI openApi = URI.create("http://localhost:%d/openapi.json".formatted(servers.publishPort()));
    return client
        .send(HttpRequest.newBuilder(openApi).build(), BodyHandlers.discarding())
        .headers()
        .firstValue("connection");
  }

  @Test
  void clientsThatNeverStopComingCannotPreventAStop() throws Exception {
    CompletableFuture<Instant> stopping = stopping(QUIET.multipliedBy(2));

    while (!stopping.isDone()) {
      connect();
      Thread.sleep(50);
    }

    assertThat(stopping).isCompleted();
  }

  private void connect() throws IOException {
    new Socket("localhost", port).close();
  }

  /** When a stop that begins now stops to accept clients. */
  private CompletableFuture<Instant> stopping(Duration longest) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            servers.awaitNoNewClients(QUIET, longest);
            return Instant.now();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
          }
        });
  }
}
