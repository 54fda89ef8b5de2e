package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import dev.warren.gateway.dispatch.LastAttempts.Summary;
import dev.warren.gateway.dispatch.MessageDelivery.Settlement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** URLs that no message can be delivered to: what a user is told of the attempts. */
class UnusableReceiverTest {

  @TempDir static Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final LastAttempts attempts = new LastAttempts();

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aHostThatDoesNotExist() throws Exception {
    deliverTo("http://no-such-host.invalid/notify");

    assertFailed(3, "no such host: no-such-host.invalid");
  }

  @Test
  void aPortThatRefusesConnections() throws Exception {
    deliverTo("http://localhost:%d/notify".formatted(TestReceiver.freePort()));

    assertFailed(3, "no connection: ");
  }

  @Test
  void aCertificateThatIsNotTrusted() throws Exception {
    HttpServer server =
        listen(
            new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(TestCertificate.create(folder).options()),
            Router.router(vertx));
    deliverTo("https://localhost:%d/notify".formatted(server.actualPort()));

    assertFailed(3, "no connection with TLS: ");
  }

  /** Each message is given up at once. */
  @Test
  void aPathThatIsNotThere() throws Exception {
    HttpServer server = listen(new HttpServerOptions(), Router.router(vertx));
    String url = "http://localhost:%d/notify".formatted(server.actualPort());
    for (int message = 1; message <= 4; message++) {
      deliverTo(url);
    }

    assertFailed(4, "HTTP 404");
  }

  @Test
  void theOperatorIsToldWithoutTheSecretsInTheUrl() throws Exception {
    deliverTo("http://no-such-host.invalid/notify?token=secret");

    JsonObject told = new JsonObject(ask(Optional.of("http://no-such-host.invalid/notify")).body());
    Summary summary = attempts.summary();
    assertThat(told)
        .isEqualTo(
            JsonObject.of(
                "url",
                "http://no-such-host.invalid/notify",
                "failures",
                3,
                "lastAnswer",
                "no such host: no-such-host.invalid",
                "at",
                summary.at().orElseThrow().toString(),
                "failingSince",
                summary.failingSince().orElseThrow().toString()));
  }

  @Test
  void aDispatcherThatHasAttemptedNothingSaysSo() throws Exception {
    assertThat(new JsonObject(ask(Optional.of("http://shop")).body()))
        .isEqualTo(JsonObject.of("url", "http://shop", "failures", 0));
  }

  @Test
  void aProcessThatDeliversNothingSaysNothing() throws Exception {
    assertThat(ask(Optional.empty()).statusCode()).isEqualTo(404);
  }

  private void assertFailed(int attempts, String reason) {
    Summary summary = this.attempts.summary();
    assertThat(summary.failures()).isEqualTo(attempts);
    assertThat(summary.lastAnswer())
        .hasValueSatisfying(told -> assertThat(told).startsWith(reason));
    assertThat(summary.succeededAt()).isEmpty();
  }

  private HttpResponse<String> ask(Optional<String> url) throws Exception {
    Router router = Router.router(vertx);
    new LastAttemptsHandler(() -> url, attempts).addTo(router);
    HttpServer server = listen(new HttpServerOptions(), router);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(
                  URI.create("http://localhost:%d/delivery".formatted(server.actualPort())))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private HttpServer listen(HttpServerOptions options, Router router) {
    return vertx
        .createHttpServer(options)
        .requestHandler(router)
        .listen(0, "localhost")
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private void deliverTo(String url) throws InterruptedException {
    HttpDelivery delivery =
        new HttpDelivery(
            "notify",
            URI.create(url),
            Method.POST,
            30_000,
            1,
            false,
            ContentMode.BINARY,
            Redirects.REFUSE,
            new Retry(3, 1, 1),
            null,
            null);
    try (Receiver receiver = new Receiver(delivery, Clock.systemUTC())) {
      Settlement settlement =
          new MessageDelivery(
                  delivery,
                  new EventFactory(EventFactory.source("/", "hooks"), ContentMode.BINARY),
                  receiver,
                  new Backoff(delivery.retry(), RandomGenerator.getDefault()),
                  new DeadLetter("notify", "hooks"),
                  null,
                  new DeliveryMetrics(new SimpleMeterRegistry(), "notify"),
                  attempts,
                  Clock.systemUTC())
              .deliver(
                  new QueuedMessage("key", false, new BasicProperties(), new byte[0]), () -> true);
      assertThat(settlement).isEqualTo(Settlement.REJECT);
    }
  }
}
