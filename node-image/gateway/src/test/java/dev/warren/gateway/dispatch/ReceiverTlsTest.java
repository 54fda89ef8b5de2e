package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import dev.warren.gateway.dispatch.Outcome.Delivered;
import dev.warren.gateway.dispatch.Outcome.Retriable;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Receivers with TLS. */
class ReceiverTlsTest {

  static final OutgoingEvent EVENT =
      new OutgoingEvent(
          CloudEventBuilder.v1()
              .withId("e")
              .withSource(URI.create("/s"))
              .withType("t")
              .withData(new byte[] {'x'})
              .build(),
          Optional.empty(),
          Optional.empty(),
          MessageHeaders.of(
              new QueuedMessage("", false, new BasicProperties(), new byte[0]), header -> true));

  @TempDir static Path folder;
  private static TestCertificate certificate;

  private final Vertx vertx = Vertx.vertx();
  private final List<HttpVersion> versions = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void createCertificate() throws Exception {
    certificate = TestCertificate.create(folder);
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @ParameterizedTest
  @CsvSource({"true, HTTP_2", "false, HTTP_1_1"})
  void http2IsUsedWhereItIsOffered(boolean isOffered, HttpVersion version) throws Exception {
    HttpServer server = server(isOffered);
    try (Receiver receiver = trusting("https://localhost:" + server.actualPort() + "/a")) {
      for (int i = 0; i < 3; i++) {
        assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Delivered.class);
      }
      assertThat(Set.copyOf(versions)).containsExactly(version);
    }
  }

  @Test
  void aReceiverThatIsNotTrustedIsAFailure() throws Exception {
    HttpServer server = server(true);
    try (Receiver receiver = receiver("https://localhost:" + server.actualPort() + "/a")) {
      Retriable outcome = (Retriable) receiver.send(EVENT, Answer.EXCERPT);

      assertThat(outcome.failure().reason()).startsWith("no connection with TLS: ");
    }
  }

  @Test
  void aRedirectDoesNotLeaveTls() throws Exception {
    HttpServer server = server(false);
    try (Receiver receiver = trusting("https://localhost:" + server.actualPort() + "/plain")) {
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isNotInstanceOf(Delivered.class);
    }
  }

  private HttpServer server(boolean offersHttp2) {
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(offersHttp2)
                .setKeyCertOptions(certificate.options()))
        .requestHandler(this::answer)
        .listen(0, "localhost")
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private void answer(HttpServerRequest request) {
    versions.add(request.version());
    if (request.path().equals("/plain")) {
      request.response().setStatusCode(307).putHeader("Location", "http://localhost:1/").end();
    } else {
      request.endHandler(whole -> request.response().setStatusCode(204).end());
    }
  }

  /** A client reads these properties when it is created. */
  private static Receiver trusting(String url) {
    System.setProperty("javax.net.ssl.trustStore", certificate.store());
    System.setProperty("javax.net.ssl.trustStorePassword", TestCertificate.PASSWORD);
    try {
      return receiver(url);
    } finally {
      System.clearProperty("javax.net.ssl.trustStore");
      System.clearProperty("javax.net.ssl.trustStorePassword");
    }
  }

  private static Receiver receiver(String url) {
    return new Receiver(
        new HttpDelivery(
            "notify",
            URI.create(url),
            Method.POST,
            30_000,
            8,
            false,
            ContentMode.BINARY,
            Redirects.FOLLOW,
            new Retry(1, 1, 1),
            null,
            null),
        Clock.systemUTC());
  }
}
